import { found, type Parsed } from './parse.ts';

const EXAMPLE = 'https://management.cloud.example.com';

/**
 * An https address below `management.`, as every cloud has for its Resource Manager: the identity's token for it looks up
 * clusters, and one for anything else has no business there.
 * https://learn.microsoft.com/azure-stack/user/azure-stack-version-profiles-azurecli2 (addresses and audiences)
 */
function isManagement(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = `${url?.username}${url?.password}${url?.search}${url?.hash}` === '';
  return url?.protocol === 'https:' && url.hostname.startsWith('management.') && plain;
}

/** The origin; undefined when it is not set: then the domain of the vaults tells the cloud. */
export function parseArmEndpoint(text: string): Parsed<string | undefined> {
  if (text === '') return { value: undefined, problems: [] };
  if (isManagement(text) && new URL(text).pathname === '/')
    return { value: new URL(text).origin, problems: [] };
  const problem = `must be the https address of Azure Resource Manager in your cloud, such as ${EXAMPLE}`;
  return { value: undefined, problems: [`${problem}; found ${found(text)}`] };
}

/** What its tokens are for, without a slash at the end; undefined: the endpoint itself. */
export function parseArmAudience(text: string): Parsed<string | undefined> {
  if (text === '') return { value: undefined, problems: [] };
  if (isManagement(text)) return { value: withoutSlash(text), problems: [] };
  const problem = `must be the audience of Azure Resource Manager in your cloud, such as ${EXAMPLE}`;
  return { value: undefined, problems: [`${problem}; found ${found(text)}`] };
}

function withoutSlash(text: string): string {
  let end = text.length;
  while (text[end - 1] === '/') end -= 1;
  return text.slice(0, end);
}
