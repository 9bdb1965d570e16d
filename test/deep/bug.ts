/** One replacement: `find` stands in the file exactly once. */
interface Edit {
  file: string;
  find: string;
  put: string;
}

/** A bug that somebody might write, and who must notice. */
export interface Bug {
  /** The row of its fault in the table of schedules that once went wrong. */
  row?: number;
  name: string;
  edits: readonly Edit[];
  /** For programs of the model: the story of which they tell more than of others. */
  about?: string;
  /** Programs of the model (see model/program.ts), or a test file by its path. */
  caughtBy: 'any' | 'calm' | TestFile;
  /** The test in the file that must fail, whatever else does; undefined: any of them. */
  shows?: string;
}

type TestFile = `test/${string}.test.ts`;

/** A guard of the threat model that is taken away: the test that stands beside the claim, by its name there, must fail. */
export interface Claim extends Bug {
  caughtBy: TestFile;
  shows: string;
}
