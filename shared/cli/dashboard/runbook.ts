/** The runbook as infra/build.ts takes it apart: by code, what each of its lines is about, in text and code. */
export type Runbook = Readonly<
  Record<string, readonly { about: string; text: readonly { text: string; code: boolean }[] }[]>
>;
