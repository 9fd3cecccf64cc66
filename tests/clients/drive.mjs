// Runs under Node beside npm's mem0ai: reads calls from stdin, a line each, and tells what came.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const out = console.log;
console.log = console.warn = console.info = console.error;
const { MemoryClient } = await import(pathToFileURL(process.argv[2]));

const camel = name => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
const snake = name => name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
const renamed = (value, rename, opaque = []) =>
  Array.isArray(value) ? value.map(one => renamed(one, rename, opaque))
  : value && typeof value === "object"
    ? Object.fromEntries(Object.entries(value).map(([name, inner]) =>
        [rename(name), opaque.includes(name) ? inner : renamed(inner, rename, opaque)]))
    : value;

let client;
for await (const line of createInterface({ input: process.stdin })) {
  const { call, args = [], kwargs } = JSON.parse(line);
  let shown;
  try {
    if (call === "connect") {
      client = new MemoryClient({ apiKey: kwargs.api_key, host: kwargs.host });
      shown = { result: null };
    } else {
      const opaque = ["filters", "metadata", "custom_categories"];
      const options = call === "delete_user" ? kwargs : renamed(kwargs, camel, opaque);
      const given = renamed(args, camel, ["metadata"]);
      const all = Object.keys(options).length ? [...given, options] : given;
      shown = { result: renamed((await client[camel(call)](...all)) ?? null, snake, ["metadata"]) };
    }
  } catch (error) {
    shown = { error: error.name === "Error" ? error.constructor.name : error.name, message: error.message };
  }
  out(JSON.stringify(shown));
}
process.exit(0); // its ping may still be on its way
