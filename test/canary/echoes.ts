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

const admission = (message: string): string =>
  JSON.stringify({ kind: 'Status', status: 'Failure', code: 422, reason: 'Invalid', message });

const byPolicy = (policy: string, why: string): string =>
  admission(
    `secrets "pg" is forbidden: ValidatingAdmissionPolicy '${policy}' with binding 'b' denied request: ${why}`,
  );

/** Whoever refuses at admission has a name and words, and may be called like one of vaultcast's own. */
const admissions = (value: string): string[] => [
  admission(`admission webhook "guard.example" denied the request: data ${value} ${base64(value)}`),
  admission(`admission webhook "${value}" denied the request: no`),
  byPolicy('no-xxxxx', value),
  byPolicy(value, 'no'),
  byPolicy('vaultcast-evil', value),
  byPolicy('vaultcast-consent', value),
  byPolicy('vaultcast-consent', `secret ${value} is not accepted by namespace app-1`),
  byPolicy(
    'vaultcast-consent',
    `namespace ${value} accepts no secrets (annotation vaultcast.dev/accept is missing)`,
  ),
];

/** What a check looks at: whom the server takes us for, and which namespaces there are. */
const people = (value: string): string[] =>
  [
    { status: { userInfo: { username: value }, allowed: true } },
    { metadata: {}, items: [{ metadata: { name: value, annotations: { 'vaultcast.dev/accept': 'a--' } } }] },
    {
      metadata: {},
      items: [{ metadata: { name: 'a', annotations: { 'vaultcast.dev/accept': `a--,${value}` } } }],
    },
  ].map((body) => JSON.stringify(body));

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
    ...admissions(value).map((body): Fault => ({ kind: 'status', status: 422, body })),
    ...people(value).map(good),
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
