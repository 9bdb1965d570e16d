/** What a field is for, in sentences; and what somebody might write there. */
export interface FieldText {
  text: string;
  example: unknown;
}

/**
 * By path: `spec.clusters.names`; `[]` is an entry of a list, `*` any key of a mapping. Types, choices and defaults are not said:
 * the schema knows them.
 */
export type Texts = Readonly<Record<string, FieldText>>;

export function below(path: string, texts: Texts): Texts {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [`${path}.${name}`, text]));
}
