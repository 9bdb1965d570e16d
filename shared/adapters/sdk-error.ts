/** What may be read of an Azure SDK's error: its fields, one by one, never its text, which quotes requests and answers. */
type Fields = Readonly<Record<string, unknown>>;

/** The fields of anything that was thrown, or of one of its fields. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

/** A code is a word; anything else would be text that may quote a request, and reads as empty. */
export function wordOf(value: unknown): string {
  return typeof value === 'string' && /^[A-Za-z_]{1,64}$/.test(value) ? value : '';
}

/** A header of the answer that the error is about; empty when there is none. */
export function headerOf(error: unknown, name: string): string {
  const headers = fieldsOf(fieldsOf(fieldsOf(error)['response'])['headers']);
  const get = headers['get'];
  const value: unknown = typeof get === 'function' ? get.call(headers, name) : undefined;
  return typeof value === 'string' ? value : '';
}
