/**
 * Names, labels and keys: what is wrong with them, in the API server's words
 * (k8s.io/apimachinery/pkg/util/validation and pkg/api/validate/content, v0.36). Empty: nothing.
 */

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const KEY_PART = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const DATA_KEY = '[-._a-zA-Z0-9]+';

const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const KEY_PART_RULE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const DATA_KEY_RULE = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";

const matches = (value: string, pattern: string) => new RegExp(`^${pattern}$`).test(value);
const size = (value: string) => Buffer.byteLength(value);

function broken(rule: string, pattern: string, ...examples: string[]): string {
  const quoted = examples.map((example) => `'${example}', `).join(' or ');
  return `${rule} (e.g. ${quoted}regex used for validation is '${pattern}')`;
}

export function subdomainProblems(value: string, unit: 'bytes' | 'characters' = 'characters'): string[] {
  return [
    ...(size(value) > 253 ? [`must be no more than 253 ${unit}`] : []),
    ...(matches(value, SUBDOMAIN) ? [] : [broken(SUBDOMAIN_RULE, SUBDOMAIN, 'example.com')]),
  ];
}

export function labelNameProblems(value: string): string[] {
  const tooLong = size(value) > 63 ? ['must be no more than 63 characters'] : [];
  if (matches(value, LABEL)) return tooLong;
  const why = matches(value, SUBDOMAIN)
    ? 'must not contain dots'
    : broken(LABEL_RULE, LABEL, 'my-name', '123-abc');
  return [...tooLong, why];
}

function keyPartProblems(name: string): string[] {
  const length = name === '' ? 'must be non-empty' : size(name) > 63 ? 'must be no more than 63 bytes' : '';
  return [
    ...(length ? [`name part ${length}`] : []),
    ...(matches(name, KEY_PART)
      ? []
      : [`name part ${broken(KEY_PART_RULE, KEY_PART, 'MyName', 'my.name', '123-abc')}`]),
  ];
}

/** Keys of labels; of annotations, too, once lower-cased; and names of finalizers. */
export function qualifiedNameProblems(value: string): string[] {
  const [first = '', second, ...more] = value.split('/');
  if (second === undefined) return keyPartProblems(first);
  if (more.length > 0) {
    const rule = broken(KEY_PART_RULE, KEY_PART, 'MyName', 'my.name', '123-abc');
    return [
      `a valid label key ${rule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const prefix = first === '' ? ['must be non-empty'] : subdomainProblems(first, 'bytes');
  return [...prefix.map((problem) => `prefix part ${problem}`), ...keyPartProblems(second)];
}

export function labelValueProblems(value: string): string[] {
  const rule = `a valid label must be an empty string or ${KEY_PART_RULE.replace('must ', '')}`;
  return [
    ...(size(value) > 63 ? ['must be no more than 63 bytes'] : []),
    ...(matches(value, `(${KEY_PART})?`)
      ? []
      : [broken(rule, `(${KEY_PART})?`, 'MyValue', 'my_value', '12345')]),
  ];
}

function parentFolderProblems(value: string): string[] {
  if (value === '.' || value === '..') return [`must not be '${value}'`];
  return value.startsWith('..') ? ["must not start with '..'"] : [];
}

/** Keys of a Secret's data. */
export function dataKeyProblems(value: string): string[] {
  return [
    ...(size(value) > 253 ? ['must be no more than 253 characters'] : []),
    ...(matches(value, DATA_KEY)
      ? []
      : [broken(DATA_KEY_RULE, DATA_KEY, 'key.name', 'KEY_NAME', 'key-name')]),
    ...parentFolderProblems(value),
  ];
}
