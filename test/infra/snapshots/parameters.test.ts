import { expect, it } from 'vitest';
import { deployMain } from '../deployed.ts';
import { PARAMETER_SETS } from './parameters.ts';

it('sees the sets of parameters that CI evaluates', () => {
  expect(PARAMETER_SETS.map(({ name }) => name)).toEqual(['azd-unset', 'bound', 'closed', 'default']);
});

it.each(PARAMETER_SETS)(
  '$name is a set that the template takes, and that makes many resources',
  ({ parameters }) => {
    const { resources } = deployMain(parameters, {});
    expect(resources.length).toBeGreaterThan(50);
  },
);
