/** Failures as the API server words them: k8s.io/apimachinery/pkg/api/errors, v0.36. */

export interface Cause {
  reason?: string;
  message: string;
  field?: string;
}

export interface Details {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: Cause[];
  retryAfterSeconds?: number;
}

export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: { continue?: string };
  status: 'Failure' | 'Success';
  message?: string;
  reason?: string;
  details?: Details;
  code?: number;
}

/** Thrown where a request ends early; its status is the answer. */
export class Refusal extends Error {
  readonly status: Status & { code: number };

  constructor(code: number, reason: string | undefined, message: string, details?: Details) {
    super(message);
    this.name = 'Refusal';
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason === undefined ? {} : { reason }),
      ...(details && { details }),
      code,
    };
  }
}

/** What a request is about; `name` is empty for collections. */
export interface Subject {
  resource: string;
  name: string;
}

const detailsOf = ({ resource, name }: Subject): Details => ({ ...(name && { name }), kind: resource });
const quoted = ({ resource, name }: Subject) => (name ? `${resource} "${name}"` : resource);

export const unauthorized = () => new Refusal(401, 'Unauthorized', 'Unauthorized');

export const badRequest = (message: string) => new Refusal(400, 'BadRequest', message);

export const notFound = (subject: Subject) =>
  new Refusal(404, 'NotFound', `${quoted(subject)} not found`, detailsOf(subject));

export const noSuchResource = () =>
  new Refusal(404, 'NotFound', 'the server could not find the requested resource', {});

export const methodNotAllowed = () =>
  new Refusal(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

export const alreadyExists = (subject: Subject, beingDeleted: boolean) =>
  new Refusal(
    409,
    'AlreadyExists',
    `${beingDeleted ? 'object is being deleted: ' : ''}${quoted(subject)} already exists`,
    detailsOf(subject),
  );

export const conflict = (subject: Subject, why: string) =>
  new Refusal(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${quoted(subject)}: ${why}`,
    detailsOf(subject),
  );

export const forbidden = (subject: Subject, why: string, causes?: Cause[]) =>
  new Refusal(403, 'Forbidden', `${quoted(subject)} is forbidden: ${why}`, {
    ...detailsOf(subject),
    ...(causes && { causes }),
  });

/** A ValidatingAdmissionPolicy's refusal is worded like a 403 and is a 422, unless the policy says otherwise. */
export const denied = (subject: Subject, policy: string, why: string) => {
  const message = `ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request: ${why}`;
  return new Refusal(422, 'Invalid', `${quoted(subject)} is forbidden: ${message}`, {
    ...detailsOf(subject),
    causes: [{ message }],
  });
};

/** A kind with its group, as the refusal of its content names it; core kinds have none. */
export interface Kind {
  kind: string;
  group?: string;
}

/** The message names every distinct problem, `causes` lists also those found twice. */
export function invalid({ kind, group }: Kind, name: string, causes: Cause[]): Refusal {
  const problems = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))];
  const text = problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`;
  return new Refusal(422, 'Invalid', `${group ? `${kind}.${group}` : kind} "${name}" is invalid: ${text}`, {
    ...(name && { name }),
    ...(group && { group }),
    ...(kind && { kind }),
    causes,
  });
}

/** For what the API server can do and this stand-in cannot: nobody should take that for an answer. */
export const notImplemented = (what: string) =>
  new Refusal(501, 'NotImplemented', `the stand-in does not implement ${what}`);
