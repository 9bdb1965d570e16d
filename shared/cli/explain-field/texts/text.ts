/** Texts of what stands at a path, by their whole paths: see fields.ts. */
export function below<T>(path: string, texts: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [`${path}.${name}`, text]));
}
