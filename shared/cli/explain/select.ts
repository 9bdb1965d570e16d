import { countsOf } from '../../output/fields.ts';
import type { Output } from '../../output/json-schema.ts';
import type { GetOptions } from '../get/options.ts';

/** The same with the selected targets only; what is said of the secret itself stays. */
export function selected(
  document: Output<'SecretStatus'>,
  asked: Pick<GetOptions, 'cluster' | 'namespace' | 'route' | 'state'>,
): Output<'SecretStatus'> {
  const is = (wanted: string | undefined, known: string | undefined): boolean =>
    wanted === undefined || wanted === known;
  const targets = document.status.targets.filter(
    ({ metadata, spec, status }) =>
      (asked.cluster?.includes(metadata.cluster) ?? true) &&
      is(asked.namespace, metadata.namespace) &&
      is(asked.route, spec.route) &&
      is(asked.state, status.state),
  );
  const counts = countsOf(targets.map(({ status }) => status.state));
  return { ...document, status: { ...document.status, counts, targets } };
}
