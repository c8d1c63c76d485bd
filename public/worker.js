// Starts the page's own WebAssembly a second time, off the main thread; see src/worker/.
self.onmessage = async ({ data }) => {
  self.onmessage = null;
  try {
    const { default: start } = await import(data.glue);
    await start({ module_or_path: data.module });
    self.postMessage('ready');
  } catch {
    self.postMessage('failed');
  }
};
