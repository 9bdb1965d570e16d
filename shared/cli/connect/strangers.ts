import { basename } from 'node:path';
import { isMap, isScalar, parseAllDocuments } from 'yaml';
import type { YAMLMap } from 'yaml';
import { closest } from '../../registry/closest.ts';
import { API_VERSION } from '../../registry/fields.ts';
import { harmless } from '../terminal/text.ts';

/** Files by which kustomize is told what a folder holds: they often say no kind. */
const KUSTOMIZATION = /^kustomization\.ya?ml$/i;

/** What a folder holds besides registry documents, and the text without it; every line keeps its number. */
export function withoutStrangers(file: string, text: string): { text: string; strangers: string[] } {
  if (KUSTOMIZATION.test(basename(file))) return { text: '', strangers: ['Kustomization'] };
  let rest = text;
  const strangers: string[] = [];
  for (const { contents, errors } of parseAllDocuments(text, { logLevel: 'silent' })) {
    const name = errors.length > 0 || !isMap(contents) ? undefined : strangerOf(contents);
    if (name === undefined) continue;
    strangers.push(name);
    rest = blanked(rest, contents?.range);
  }
  return { text: rest, strangers };
}

const LONGEST = 63;

/** Whoever writes a document of ours writes one of these, whatever else they forget. */
const MARKS = ['apiVersion', 'kind', 'metadata', 'spec'];
const NO_OBJECT = 'what is no object of an API, such as values of Helm';

/** The kind of a document of another group; undefined for what is ours, or is not to be told. */
function strangerOf(document: YAMLMap): string | undefined {
  const keys = document.items.map(({ key }) => (isScalar(key) ? String(key.value) : ''));
  if (!keys.some((key) => closest(key, MARKS) !== undefined)) return NO_OBJECT;
  const [apiVersion, kind] = [document.get('apiVersion'), document.get('kind')];
  if (typeof apiVersion !== 'string' || !isStranger(apiVersion)) return undefined;
  return harmless((typeof kind === 'string' ? kind : apiVersion).slice(0, LONGEST));
}

/** Of another group, and not one of ours mistyped: what is passed over by mistake would be pruned. */
function isStranger(apiVersion: string): boolean {
  const [group = ''] = API_VERSION.split('/');
  return !apiVersion.startsWith(`${group}/`) && closest(apiVersion, [API_VERSION, group]) === undefined;
}

/** Of the same length and with the same lines. */
function blanked(text: string, range: readonly number[] | null | undefined): string {
  const [start = 0, end = 0] = range ?? [];
  return text.slice(0, start) + text.slice(start, end).replaceAll(/[^\n]/g, ' ') + text.slice(end);
}
