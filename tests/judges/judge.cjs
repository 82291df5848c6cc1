// Judges the cases on standard input with ajv and the AsyncAPI parser, and answers one line of JSON.
// The one argument is the folder that has `node_modules`. Exit code 3: they are not installed there.
const path = require('node:path');
const { createRequire } = require('node:module');
const load = createRequire(path.join(path.resolve(process.argv[2]), 'judge.cjs'));

let dialects, parser;
try {
  const addFormats = load('ajv-formats').default;
  const options = { strict: false, allErrors: false, validateFormats: false };
  const make = (Ajv) => addFormats(new Ajv(options));
  dialects = {
    'draft-04': () => make(load('ajv-draft-04').default),
    'draft-07': () => make(load('ajv').default),
    '2019-09': () => make(load('ajv/dist/2019').default),
    '2020-12': () => make(load('ajv/dist/2020').default),
  };
  const { Parser } = load('@asyncapi/parser');
  parser = new Parser();
} catch (error) {
  if (error.code !== 'MODULE_NOT_FOUND') throw error;
  console.error(error.message.split('\n')[0]);
  process.exit(3);
}

async function judge({ dialect, schema, documents }) {
  if (dialect === 'asyncapi') {
    const found = await parser.validate(JSON.stringify(schema));
    // Severity 0 is an error. 1 to 3 are advice.
    const errors = found.filter((one) => one.severity === 0);
    return { error: errors.length ? JSON.stringify(errors.map((one) => `${one.path.join('/')}: ${one.message}`)) : null, valid: [] };
  }
  if (!dialects[dialect]) return null;
  try {
    const ajv = dialects[dialect]();
    if (!ajv.validateSchema(schema)) return { error: ajv.errorsText(), valid: [] };
    const validate = ajv.compile(schema);
    return { error: null, valid: documents.map((document) => validate(document)) };
  } catch (error) {
    return { error: String(error), valid: [] };
  }
}

(async () => {
  let input = '';
  for await (const chunk of process.stdin) input += chunk;
  const verdicts = [];
  for (const one of JSON.parse(input)) verdicts.push(await judge(one));
  process.stdout.write(JSON.stringify(verdicts));
})();
