import { at, listAt, textAt } from '../../connect/objects.ts';

type Labels = Readonly<Record<string, string>>;

/** Whether a label selector of Kubernetes selects these labels; an empty one selects everything. */
export function selects(selector: unknown, labels: Labels): boolean {
  const pairs = Object.entries(Object(at(selector, 'matchLabels')) as Labels);
  return (
    pairs.every(([key, value]) => labels[key] === value) &&
    listAt(selector, 'matchExpressions').every((expression) => holds(expression, labels))
  );
}

function holds(expression: unknown, labels: Labels): boolean {
  const value = labels[textAt(expression, 'key')];
  const values = listAt(expression, 'values');
  switch (textAt(expression, 'operator')) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
