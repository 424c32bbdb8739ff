// Ask every route with OpenAI's own client: node openai_client.mjs URL FOLDER_OF_ITS_MODULES
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [url, modules] = process.argv.slice(2);
const resolved = createRequire(`${modules}/`).resolve("openai");
const { default: OpenAI, toFile } = await import(pathToFileURL(resolved));
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
const told = {};

let chunks = [];
for await (const chunk of await client.chat.completions.create({
  model: "chatter", stream: true, messages: [{ role: "user", content: "hello there" }],
})) chunks.push(chunk.choices[0]?.delta?.content ?? "");
told.chat = chunks.join("");

const drawn = await client.images.generate({ model: "painter", prompt: "a fox", size: "512x512" });
told.picture = (await (await fetch(drawn.data[0].url)).arrayBuffer()).byteLength;
const picture = Buffer.from(await (await fetch(drawn.data[0].url)).arrayBuffer());
const edited = await client.images.edit({
  model: "editor", prompt: "1984", image: await toFile(picture, "a.png", { type: "image/png" }),
  response_format: "b64_json", strength: 0.25,
});
told.edited = Buffer.from(edited.data[0].b64_json, "base64").subarray(1, 4).toString();

const spoken = await client.audio.speech.create({
  model: "speaker", voice: "alloy", input: "hello", response_format: "wav",
});
const sound = Buffer.from(await spoken.arrayBuffer());
told.speech = sound.subarray(0, 4).toString();
const written = await client.audio.transcriptions.create({
  model: "listener", file: await toFile(sound, "talk.wav", { type: "audio/wav" }),
});
told.transcript = written.text;

const embedded = await client.embeddings.create({ model: "embedder", input: ["four", "a"] });
told.embeddings = embedded.data.map((each) => each.embedding[0]);
told.models = (await client.models.list()).data.length;

try {
  await client.chat.completions.create({
    model: "chattr", messages: [{ role: "user", content: "x" }],
  });
} catch (error) {
  told.error = [error.status, error.code];
}
console.log(JSON.stringify(told));
