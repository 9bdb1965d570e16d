/**
 * An address without slashes at its end, so that paths can be put behind it. By hand, because `/\/+$/` looks at every slash
 * again from each one before it: an address of 100 kB of slashes takes seconds.
 */
export function baseAddress(address: string): string {
  let end = address.length;
  while (address[end - 1] === '/') end -= 1;
  return address.slice(0, end);
}
