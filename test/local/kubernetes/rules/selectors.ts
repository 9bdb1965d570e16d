import { badRequest, notImplemented } from '../wire/status.ts';
import { labelValueProblems, qualifiedNameProblems } from './syntax.ts';

type Labels = Readonly<Record<string, string>>;
type Match = (labels: Labels) => boolean;

/** Commas inside the parentheses of a set do not separate requirements. */
const SEPARATOR = /,(?![^(]*\))/;
const SET = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/;
const EQUALITY = /^([^\s!=]+)\s*(==|=|!=)\s*([^\s!=]*)$/;
const EXISTENCE = /^(!?)\s*([^\s!=()]+)$/;

const broken = (why: string) => badRequest(`unable to parse requirement: ${why}`);

function refuse(value: string, problems: string[]): void {
  if (problems.length > 0) throw broken(`<nil>: Invalid value: "${value}": ${problems.join('; ')}`);
}

function checked(key: string, values: string[]): void {
  refuse(key, qualifiedNameProblems(key));
  for (const value of values) refuse(value, labelValueProblems(value));
}

function membership(key: string, values: string[], wanted: boolean): Match {
  // A missing label satisfies every "not": `a!=b` and `a notin (b)` match objects without `a`.
  return (labels) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    return value === undefined ? !wanted : values.includes(value) === wanted;
  };
}

function requirement(text: string): Match {
  if (/[<>]/.test(text)) throw notImplemented('comparing labels as numbers');
  const [, setKey, operator, list] = SET.exec(text) ?? [];
  if (setKey !== undefined && list !== undefined) {
    const values = list.split(',').map((value) => value.trim());
    checked(setKey, values);
    return membership(setKey, values, operator === 'in');
  }
  const [, key, sign, value] = EQUALITY.exec(text) ?? [];
  if (key !== undefined && value !== undefined) {
    checked(key, [value]);
    return membership(key, [value], sign !== '!=');
  }
  const [, not, name] = EXISTENCE.exec(text) ?? [];
  if (name === undefined) throw broken(`found '${text}', expected: a key with an optional operator`);
  checked(name, []);
  return (labels) => Object.hasOwn(labels, name) === (not === '');
}

/** A label selector as of a list's query: `a=b,c!=d,e in (f,g),h notin (i),j,!k`. Throws a 400. */
export function labelSelector(selector: string): Match {
  const parts = selector.trim() === '' ? [] : selector.split(SEPARATOR).map((part) => part.trim());
  const all = parts.map(requirement);
  return (labels) => all.every((match) => match(labels));
}
