import { execFile } from 'node:child_process';

/** How a program ended. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end, whatever that is. */
export function run(program: string, args: string[]): Promise<Ended> {
  return new Promise((done, failed) => {
    execFile(program, args, { maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') return failed(error);
      done({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

/** Runs a program that has to succeed; its output. */
export async function must(program: string, args: string[]): Promise<string> {
  const ended = await run(program, args);
  if (ended.code !== 0) {
    throw new Error(`${program} ${args.join(' ')}\nended with ${ended.code}\n${ended.stdout}${ended.stderr}`);
  }
  return ended.stdout;
}
