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
  /** Programs of the model (see model/program.ts), or a test file by its path. */
  /** For programs of the model: the story of which they tell more than of others. */
  about?: string;
  caughtBy: 'any' | 'calm' | `test/${string}.test.ts`;
}
