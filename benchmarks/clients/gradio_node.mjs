// @gradio/client in Node: `node gradio_node.mjs FOLDER_OF_ITS_MODULE URL`.

import { createInterface } from "node:readline";
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [module, url] = process.argv.slice(2);
const { Client, handle_file } = await import(pathToFileURL(module));
console.warn = () => {};

function status(name) {
  try {
    const line = readFileSync("/proc/self/status", "utf8").split("\n").find((l) => l.startsWith(`${name}:`));
    const [amount, unit] = line.split(/\s+/).slice(1);
    return Number(amount) * (unit ? 1024 : 1);
  } catch {
    return 0;
  }
}

class Stopwatch {
  constructor() {
    try {
      writeFileSync("/proc/self/clear_refs", "5");
    } catch {}
    this.resident = status("VmRSS");
    this.cpu = process.cpuUsage();
    this.start = performance.now();
  }
  get seconds() {
    return (performance.now() - this.start) / 1000;
  }
  answer(count = 1) {
    const seconds = this.seconds;
    const { user, system } = process.cpuUsage(this.cpu);
    return {
      count,
      seconds,
      cpu: (user + system) / 1e6,
      grown: status("VmRSS") - this.resident,
      peak: status("VmHWM") - this.resident,
      threads: status("Threads"),
    };
  }
}

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
const options = { events: ["data", "status"] };
let client;
const held = [];

async function obey(order) {
  let watch = new Stopwatch();
  if (order.do === "connect") {
    const connected = await Client.connect(url, options);
    const answer = watch.answer();
    connected.close();
    return answer;
  }
  client ??= await Client.connect(url, options);
  watch = new Stopwatch();
  if (order.do === "calls") {
    let count = 0;
    const oneAfterAnother = async () => {
      while (watch.seconds < order.seconds) {
        await client.predict(order.endpoint, ["hi"]);
        count += 1;
      }
    };
    // A call that comes while the client's one stream ends waits until another call opens a new one.
    let seen = 0;
    const nudge = setInterval(() => {
      if (count === seen) client.predict(order.endpoint, ["hi"]);
      seen = count;
    }, 200);
    await Promise.all(Array.from({ length: order.at_once }, oneAfterAnother));
    clearInterval(nudge);
    return watch.answer(count);
  }
  if (order.do === "hold") {
    const started = async () => {
      const job = client.submit("/wait", ["hi"]);
      held.push(job);
      for await (const event of job) {
        if (event.type === "status" && event.original_msg === "process_starts") return;
      }
    };
    await Promise.all(Array.from({ length: order.at_once }, started));
    return watch.answer(order.at_once);
  }
  if (order.do === "stream") {
    let steps = 0;
    for await (const event of client.submit(order.endpoint, ["hi"])) {
      if (event.type === "data") steps += 1;
      if (event.type === "status" && event.stage === "complete") break;
    }
    return watch.answer(steps);
  }
  await client.predict("/take", [handle_file(order.path)]);
  return watch.answer();
}

say({});
for await (const line of createInterface({ input: process.stdin })) say(await obey(JSON.parse(line)));
process.exit(0);
