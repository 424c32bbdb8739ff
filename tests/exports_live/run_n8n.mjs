// Carries out a workflow of n8n made of the nodes that our export writes.
// node run_n8n.mjs WORKFLOW FILE: what the last node fetches goes to FILE.
import { readFileSync, writeFileSync } from "node:fs";

const [path, target] = process.argv.slice(2);
const { nodes, connections } = JSON.parse(readFileSync(path, "utf8"));
const byName = new Map(nodes.map((node) => [node.name, node]));

// A value that begins with = is a text with expressions in it.
const evaluate = (value, $json) =>
  !value.startsWith("=")
    ? value
    : value.slice(1).replace(/\{\{(.*?)\}\}/g, (_, code) =>
        String(new Function("$json", "$env", `return (${code})`)($json, process.env)));

const kinds = {
  manualTrigger: async () => ({}),
  code: async ({ jsCode }, json) => {
    const AsyncFunction = Object.getPrototypeOf(async function () {}).constructor;
    const [item] = await new AsyncFunction("$input", jsCode)({ first: () => ({ json }) });
    return item.json;
  },
  httpRequest: async (parameters, json) => {
    const { url, method = "GET", sendBody, jsonBody, headerParameters, options } = parameters;
    const named = (headerParameters?.parameters ?? []).map((h) => [h.name, evaluate(h.value, json)]);
    const headers = Object.fromEntries(named);
    if (sendBody) headers["content-type"] = "application/json";
    const body = sendBody ? evaluate(jsonBody, json) : undefined;
    const response = await fetch(evaluate(url, json), { method, headers, body });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    const format = options.response?.response?.responseFormat ?? "json";
    if (format === "file") return { file: Buffer.from(await response.arrayBuffer()) };
    return format === "text" ? { data: await response.text() } : await response.json();
  },
};

let node = nodes.find(({ type }) => type.endsWith("Trigger"));
let json = {};
while (node) {
  json = await kinds[node.type.replace("n8n-nodes-base.", "")](node.parameters, json);
  const [next] = connections[node.name]?.main?.[0] ?? [];
  node = next && byName.get(next.node);
}
writeFileSync(target, json.file);
