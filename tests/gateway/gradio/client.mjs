// What JavaScript's client of Gradio makes of two apps: node client.mjs CLIENT KITCHEN PAINTER
const [name, kitchen, address] = process.argv.slice(2);
const { Client } = await import(name);
const app = await Client.connect(kitchen, { events: ["data", "status", "log"] });
const painter = await Client.connect(address);
const seen = {};

// By hand up to the end: with 1.x neither leaving a loop nor waiting for its end ever returns.
async function follow(endpoint, data) {
  const kinds = [], values = [];
  const job = app.submit(endpoint, data);
  while (!["complete", "error"].includes(kinds.at(-1))) {
    const { value } = await job.next();
    kinds.push(value.type === "status" ? value.stage : value.type);
    if (value.type === "data") values.push(value.data);
  }
  return { kinds, values };
}

async function content(file) {
  const answer = await fetch(file.url);
  return { status: answer.status, type: answer.headers.get("content-type"), size: (await answer.arrayBuffer()).byteLength };
}

const api = await app.view_api();
seen.endpoints = Object.keys(api.named_endpoints);
const flux = await painter.predict("/infer", { prompt: "a fox", seed: 7, randomize_seed: false, width: 512, height: 512, num_inference_steps: 4 });
seen.flux = { picture: await content(flux.data[0]), seed: flux.data[1] };
const midjourney = await painter.predict("/run", { prompt: "a fox", seed: 8, randomize_seed: false });
seen.midjourney = { picture: await content(midjourney.data[0][0].image), seed: midjourney.data[1] };
seen.number = (await painter.predict(2, ["a fox", 9, false, 512, 512, 4])).data[1];
seen.partial = await follow("/count", [4]);
seen.progress = await follow("/with_progress", [3]);
seen.failure = await app.predict("/raise_error", ["no paint left"]).catch((status) => status.message);
const copied = await app.predict("/copy_files", [[new Blob(["abc"])]]);
seen.files = await content(copied.data[0][0]);
seen.state = [];
for (const number of [1, 2, 3]) seen.state.push((await app.predict("/accumulate", [number])).data);
const job = app.submit("/slow", [1.5, `cancelled ${name}`]);
for (let next = await job.next(); next.value?.type !== "data"; next = await job.next());
await job.cancel();
// One that begins later and takes as long: then the other would have finished, too.
await painter.constructor.connect(kitchen).then((later) => later.predict("/slow", [1.5, `later ${name}`]));
console.log(JSON.stringify(seen));
process.exit(0); // connections of the client would keep it alive
