import { createRequire } from 'node:module';

/** The few parts used of Microsoft's Kusto language service, which is C# compiled to JavaScript. */
interface Diagnostics {
  Count: number;
  getItem(index: number): { Severity: string; Message: string };
}
interface KustoLanguage {
  KustoCode: { ParseAndAnalyze(text: string, globals: unknown): { GetDiagnostics(): Diagnostics } };
  GlobalState: { Default: { WithDatabase(database: unknown): unknown } };
  Symbols: {
    TableSymbol: { $ctor7: new (name: string, schema: string, description: null) => object };
    DatabaseSymbol: { ctor: new (name: string, members: object[]) => object };
  };
}

/** Columns of Application Insights that queries may use: https://learn.microsoft.com/azure/azure-monitor/reference/tables/apptraces */
const TABLES = {
  traces:
    '(timestamp: datetime, message: string, severityLevel: int, itemCount: int, customDimensions: dynamic, operation_Id: string, operation_Name: string, cloud_RoleName: string)',
  exceptions:
    '(timestamp: datetime, type: string, outerMessage: string, itemCount: int, operation_Id: string, operation_Name: string, cloud_RoleName: string)',
  requests:
    '(timestamp: datetime, id: string, name: string, success: string, resultCode: string, duration: real, itemCount: int, operation_Id: string, operation_Name: string, cloud_RoleName: string)',
};

/** A checker of queries: errors and warnings, empty when the query is right. */
export function kustoChecker(): (text: string) => string[] {
  const language = load();
  const tables = Object.entries(TABLES).map(
    ([name, schema]) => new language.Symbols.TableSymbol.$ctor7(name, schema, null),
  );
  const database = new language.Symbols.DatabaseSymbol.ctor('insights', tables);
  const globals = language.GlobalState.Default.WithDatabase(database);
  return (text) => {
    const found = language.KustoCode.ParseAndAnalyze(text, globals).GetDiagnostics();
    return Array.from({ length: found.Count }, (_, i) => found.getItem(i).Message);
  };
}

/** Both files put what they define on the global object. */
function load(): KustoLanguage {
  const require = createRequire(import.meta.url);
  require('@kusto/language-service-next/bridge.min.js');
  require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
  return (globalThis as unknown as { Kusto: { Language: KustoLanguage } }).Kusto.Language;
}
