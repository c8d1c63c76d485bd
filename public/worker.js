// Starts the page's own WebAssembly once more, off the main thread, and hands it the files of each job; see src/worker/.
const STEP = 1 << 20;

/** The bytes of a file; `heard` is told how many there are after each part. `null` if they cannot be read. */
async function read(file, heard) {
  try {
    if (file.size <= STEP) return new Uint8Array(await file.arrayBuffer());
    const bytes = new Uint8Array(file.size);
    for (let at = 0; at < file.size; at += STEP) {
      bytes.set(new Uint8Array(await file.slice(at, at + STEP).arrayBuffer()), at);
      heard(Math.min(at + STEP, file.size));
    }
    return bytes;
  } catch {
    return null;
  }
}

/** A job is a number, whom to believe, and files. The answer: its number, then of each file the bytes and the card. */
async function work([job, tenant, files]) {
  // All of them are being read while the first is examined.
  const reading = files.map((file) => read(file, (done) => self.postMessage([job, done])));
  const answer = [job];
  const given = [];
  for (const bytes of reading) {
    const read = await bytes;
    answer.push(read, read && self.examine(read, tenant));
    // Handed over, not copied.
    if (read) given.push(read.buffer);
  }
  self.postMessage(answer, given);
}

self.onmessage = async ({ data }) => {
  try {
    const { default: start } = await import(data.glue);
    await start({ module_or_path: data.module });
    self.onmessage = ({ data }) => work(data);
    self.postMessage('ready');
  } catch {
    self.postMessage('failed');
  }
};
