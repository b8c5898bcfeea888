// Writes the client's types from the openapi.json at the root of the repository.
import { readFileSync, writeFileSync } from 'node:fs';
import openapiTypescript, { astToString } from 'openapi-typescript';

const description = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8'));
// Types are found by path and method. Operation ids are left out: two handlers of one name would share one type.
for (const methods of Object.values(description.paths)) {
  for (const operation of Object.values(methods)) delete operation.operationId;
}
const types = astToString(await openapiTypescript(description));
writeFileSync(
  new URL('../src/lib/api/schema.d.ts', import.meta.url),
  `// Written by \`npm run generate\` from openapi.json.\n${types}`,
);
