/** Where a document or a finding stands. `number` counts the documents of a file from 1; empty ones are skipped. */
interface Place {
  file: string;
  line: number;
  number: number;
}

/** One thing wrong with a file. `field` and `title` ("Route app-1") are there as far as they could be read. */
export interface Finding {
  place: Place;
  /** What it breaks; the schema, unless another one is named. */
  rule?: 'template' | 'duplicate';
  title?: string;
  field?: string;
  message: string;
}

/** `registry/app.yaml:12: Route app-1 (document 2): spec.layout: found "servic", must be …`. */
export function problemText({ place, title, field, message }: Finding): string {
  const document = title === undefined ? `document ${place.number}` : `${title} (document ${place.number})`;
  const where = `${place.file}:${place.line}: ${document}: `;
  return where + (field === undefined ? message : `${field}: ${message}`);
}
