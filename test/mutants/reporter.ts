import type { MutantResult } from '@stryker-mutator/api/core';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import type { Reporter } from '@stryker-mutator/api/report';
import { changeOfResult } from './mutant.ts';

/** Tells of each mutant when it was tried, beside the table: rooms take minutes, and a survivor can be looked at meanwhile. */
const each: Reporter = {
  onMutantTested(result: MutantResult) {
    if (result.status === 'CompileError') return;
    const said = `${result.status.toLowerCase()}, line ${result.location.start.line}`;
    console.error(`${said}: ${JSON.stringify(changeOfResult(result))}`);
  },
};

/** What Stryker looks for in a plugin. */
export const strykerPlugins = [declareFactoryPlugin(PluginKind.Reporter, 'each', () => each)];
