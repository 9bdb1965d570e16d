import type { Fault } from '../local/network/faults.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
/** As a header can carry it: raw where possible. */
const headerOf = (value: string): string => value.replaceAll(/[^\x20-\x7E]/g, '').slice(0, 500);

const kubernetesStatus = (value: string, code: number, reason: string): string =>
  JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    reason,
    code,
    message: `Secret "pg" is invalid: data[password]: Invalid value: "${base64(value)}": not ${value}`,
    details: {
      kind: 'secrets',
      causes: [{ reason: value, field: `data[${value}]`, message: `${value} ${base64(value)}` }],
    },
  });

const admission = (value: string): string =>
  JSON.stringify({
    kind: 'Status',
    status: 'Failure',
    code: 422,
    message: `admission webhook "guard.example" denied the request: data ${value} ${base64(value)}`,
  });

const foreignPolicy = (value: string): string =>
  JSON.stringify({
    kind: 'Status',
    status: 'Failure',
    code: 422,
    reason: 'Invalid',
    message: `secrets "pg" is forbidden: ValidatingAdmissionPolicy 'no-${'x'.repeat(5)}' with binding 'b' denied request: ${value}`,
  });

const azureError = (value: string, code: string): string =>
  JSON.stringify({
    error: { code, message: `about ${value}`, innererror: { code: value, message: base64(value) } },
    'odata.error': { code, message: { lang: 'en-US', value: `about ${value}` } },
    value,
  });

const xml = (value: string): string =>
  `<?xml version="1.0"?><Error><Code>${base64(value)}</Code><Message>${value}</Message></Error>`;

const bodiesOf = (value: string, status: number): string[] => [
  kubernetesStatus(value, status, status === 404 ? 'NotFound' : 'Invalid'),
  azureError(value, status === 404 ? 'SecretNotFound' : 'Forbidden'),
  `${value} is not valid`,
];

/** Answers that quote what was sent or what is held, as servers and what stands before them do. */
export function echoesOf(value: string): Fault[] {
  const headers = {
    'x-ms-error-code': headerOf(value),
    'x-ms-request-id': headerOf(value),
    'retry-after': headerOf(value),
    warning: `299 - "${headerOf(value).replaceAll(/["\\]/g, '')}"`,
  };
  const refusals = [400, 401, 403, 404, 409, 410, 413, 422, 429, 500, 503].flatMap((status) =>
    bodiesOf(value, status).map((body): Fault => ({ kind: 'status', status, body, headers })),
  );
  const good = (body: string): Fault => ({ kind: 'status', status: 200, body });
  return [
    ...refusals,
    { kind: 'status', status: 422, body: admission(value) },
    { kind: 'status', status: 422, body: foreignPolicy(value) },
    { kind: 'status', status: 400, body: xml(value), headers: { 'content-type': 'application/xml' } },
    { kind: 'status', status: 200, body: `<html>${value}</html>`, headers: { 'content-type': 'text/html' } },
    good(`{"value": "${value}`),
    good(`{"data": {"password": ${base64(value)}}}`),
    good(JSON.stringify({ value, id: value, attributes: value })),
    good(JSON.stringify({ metadata: { name: value, uid: value }, data: { [value]: value } })),
    good(JSON.stringify({ value: [{ id: value, value }], nextLink: `https://elsewhere.localhost/${value}` })),
    good(JSON.stringify(value)),
    { kind: 'redirect', location: `https://elsewhere.localhost/${encodeURIComponent(value)}` },
  ];
}

/** What takes its time is tried once per kind. */
export const SILENCES: readonly Fault[] = [
  { kind: 'reset', when: 'before-headers' },
  { kind: 'reset', when: 'mid-body' },
  { kind: 'reset', when: 'after-apply' },
  { kind: 'hang' },
  { kind: 'delay', ms: 5000 },
  { kind: 'drip', bytesPerSecond: 20 },
  { kind: 'html' },
  { kind: 'oversized', bytes: 200_000 },
];
