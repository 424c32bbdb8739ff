// Runs request code as Yank Note's AI Copilot does: as an asynchronous function of data and env.
// node run_yank_note.mjs CODE CLIENT WIDTH HEIGHT INSTRUCTION
import { readFileSync } from "node:fs";

const [code, client, width, height, instruction] = process.argv.slice(2);
const gradio = await import(client);
const state = { width: Number(width), height: Number(height), apiToken: "", endpoint: "", instruction };
const statuses = [];
const env = { gradio, signal: new AbortController().signal, updateStatus: (text) => statuses.push(text) };
const AsyncFunction = Object.getPrototypeOf(async function () {}).constructor;
const request = await new AsyncFunction("data", "env", readFileSync(code, "utf8"))({ state }, env);
console.log(JSON.stringify({ ...request, statuses }));
process.exit(0); // the code leaves the client open, as in the note app
