/** A registry row that does not satisfy the schema: reported, never applied, and it suspends removals. */
export interface BadRow {
  kind: 'Cluster' | 'Route';
  name: string;
  /** Which field, what was found, what is allowed. */
  message: string;
}
