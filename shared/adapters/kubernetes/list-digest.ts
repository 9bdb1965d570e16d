import { createHash } from 'node:crypto';
import { ended } from '../../digest.ts';
import { readPage } from './objects.ts';

const ITEMS = Buffer.from('"items":');
/** Whoever answers with whole objects sends values, of which nobody keeps even a digest. */
const KIND = 'PartialObjectMetadataList';
/** A continue token takes a few hundred. */
const HEAD_BYTES = 16 * 1024;

/**
 * The head of a list changes with every answer (`resourceVersion`, `continue`), its items only when they do: so it is cut there,
 * where the head is JSON that goes on with the items. Undefined where that is not how the list is written.
 */
function cutList(body: Buffer): { items: Buffer; next: string | undefined } | undefined {
  const at = body.indexOf(ITEMS);
  if (at < 0 || at > HEAD_BYTES) return undefined;
  const items = body.subarray(at);
  // Of an empty list of metadata an API server writes null.
  if (!/^(?:\[|null)/.test(items.toString('latin1', ITEMS.length, ITEMS.length + 4))) return undefined;
  try {
    const head = JSON.parse(`${body.toString('utf8', 0, at)}"items":[]}`) as { kind?: unknown };
    return head.kind === KIND ? { items, next: readPage(head).next } : undefined;
  } catch {
    return undefined;
  }
}

/** Takes the pages of a list, in their order, as they were sent. */
interface ListDigest {
  /** Where the next page begins; `unknown` of a page that cannot be cut, and of all that come after it. */
  add(body: Buffer): { next: string | undefined } | 'unknown';
  end(): string | undefined;
}

export function createListDigest(): ListDigest {
  const digest = createHash('sha256');
  let isKnown = true;
  return {
    add(body) {
      const parts = isKnown ? cutList(body) : undefined;
      isKnown = parts !== undefined;
      if (parts === undefined) return 'unknown';
      digest.update(`${parts.items.length} `).update(parts.items);
      return { next: parts.next };
    },
    end: () => (isKnown ? ended(digest) : undefined),
  };
}
