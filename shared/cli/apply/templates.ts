import { valueAt } from '../../registry/describe.ts';
import { templateProblem } from '../../render/template.ts';

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Templates of a document that do not parse, or use a variable that no secret fills: the app would find out at a rotation. */
export function templateFindings(written: unknown) {
  const data = valueAt(written, ['spec', 'data']);
  if (!isMapping(data)) return [];
  return Object.entries(data).flatMap(([key, entry]) => {
    const { template, secrets } = isMapping(entry) ? entry : {};
    if (typeof template !== 'string' || !isMapping(secrets)) return [];
    const message = templateProblem(template, Object.keys(secrets), key);
    return message === undefined
      ? []
      : [{ rule: 'template' as const, path: ['spec', 'data', key, 'template'], message }];
  });
}
