// What @gradio/client makes of an app: node gradio_js.mjs MODULES URL CASE, prints JSON.
const [, , modules, url, wanted] = process.argv;
const { Client } = await import(`${modules}/@gradio/client/dist/index.js`);

const SECONDS = 4; // for what takes milliseconds
const loose = [];
process.on("unhandledRejection", (reason) => loose.push(String(reason)));
process.on("uncaughtException", (error) => loose.push(String(error)));
console.error = (...words) => loose.push(words.map(String).join(" "));

async function outcome(promise) {
  const late = new Promise((resolve) => setTimeout(() => resolve("hangs"), SECONDS * 1000));
  const told = promise.then((value) => value.data ?? value, (error) => `${error.message ?? error}`);
  return Promise.race([told, late]);
}

async function cancelled(app) {
  const job = app.submit("/endless", ["x"]);
  const stages = [];
  for await (const event of job) {
    if (event.type === "status") stages.push(event.stage);
    if (event.type === "data") await job.cancel();
  }
  return stages;
}

const cases = {
  twice: async (app) => [
    await outcome(app.predict("/echo", ["a"])),
    await outcome(app.predict("/echo", ["b"])),
  ],
  named: (app) => outcome(app.predict("/echo", { text: "a" })),
  cancelled: (app) => outcome(cancelled(app)),
};

const app = await Client.connect(url, { events: ["status", "data"] });
const result = await cases[wanted](app);
process.stdout.write(JSON.stringify({ result, loose }), () => process.exit(0));
