/** What import does about one field of another tool's object. `fine`: values that say nothing new, such as the default. */
type Treatment =
  | { is: 'handled' }
  | { is: 'ignored'; why: string }
  | { is: 'differs'; why: string; fine: readonly unknown[] }
  | { is: 'refused'; why: string; todo: string; fine: readonly unknown[] };

/** Every field of one kind, by its path: `spec.data[].secretKey`; `.*` is any name, `.**` everything below. */
export type FieldList = Readonly<Record<string, Treatment>>;

export const HANDLED: Treatment = { is: 'handled' };

export function ignored(why: string): Treatment {
  return { is: 'ignored', why };
}

export function differs(why: string, fine: readonly unknown[] = []): Treatment {
  return { is: 'differs', why, fine };
}

export function refused(why: string, todo: string, fine: readonly unknown[] = []): Treatment {
  return { is: 'refused', why, todo, fine };
}

/** The same fields below another one. */
export function below(path: string, fields: FieldList): FieldList {
  return Object.fromEntries(
    Object.entries(fields).map(([field, treatment]) => [`${path}.${field}`, treatment]),
  );
}

/** What stands around the spec of every object, and says nothing of its Secret. */
export const OF_EVERY_OBJECT: FieldList = {
  apiVersion: HANDLED,
  kind: HANDLED,
  'metadata.name': HANDLED,
  'metadata.namespace': HANDLED,
  'metadata.ownerReferences.**': HANDLED,
  'metadata.labels.**': ignored('labels that the tool copied to the Secret stay on it when it is adopted'),
  'metadata.annotations.**': ignored(
    'annotations that the tool copied to the Secret stay on it when it is adopted',
  ),
  'metadata.**': ignored('the API server keeps it'),
  'status.**': ignored('the tool itself writes it'),
};
