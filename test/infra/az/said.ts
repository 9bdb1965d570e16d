export interface Said {
  status: number;
  stdout: string;
  stderr: string;
  /** How long the real one would take. */
  ms: number;
}

export const ok = (json: unknown): Said => ({
  status: 0,
  stdout: json === undefined ? '' : JSON.stringify(json),
  stderr: '',
  ms: 0,
});
export const failed = (status: number, stderr: string): Said => ({ status, stdout: '', stderr, ms: 0 });
