// `madloop features` beside its peers: real decoders, real networks, and networks that give back what they are given.

import { type ChildProcess, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { readMatrix } from '../../src/features/matrix-file.js';
import { readStatistics } from '../../src/features/statistics-file.js';
import { greyscalePng } from '../../src/files/png.js';
import { type Outcome, run as runHere, start as startHere, temporaryFolder } from '../cli/command.js';
import { uniform } from '../support/numbers.js';
import { numpy } from '../support/numpy.js';
import { pillow } from '../support/pillow.js';
import { pytorch } from '../support/pytorch.js';
import { echo, onnxModel } from './onnx-model.js';
import { hasPeers, installBesidePeers, peersManifest, textDirection } from './peers.js';

const folder = temporaryFolder();
let program: string;

const start = (args: readonly string[]) => startHere(['features', ...args], folder, [], {}, program);
const features = (...args: readonly string[]): Promise<Outcome> => start(args).outcome;
const bytes = (name: string): Buffer => readFileSync(join(folder, name));

/** A folder of grey noise of many sizes: `count` images. */
function noise(name: string, count: number, seed: number): void {
  const next = uniform(seed);
  mkdirSync(join(folder, name));
  for (let i = 0; i < count; i += 1) {
    const [width, height] = [10 + Math.floor(60 * next()), 10 + Math.floor(60 * next())];
    const pixels = Uint8Array.from({ length: width * height }, () => 256 * next());
    writeFileSync(join(folder, name, `${String(i).padStart(4, '0')}.png`), greyscalePng(pixels, width, height));
  }
}

const network = [
  '--onnx',
  textDirection.file,
  '--size',
  '192x48',
  '--range=-1,1',
  '--tensor',
  textDirection.features,
];

/** Waits until a run could be gone on with. */
async function untilSaved(child: ChildProcess, output: string): Promise<void> {
  while (child.exitCode === null && !existsSync(join(folder, `${output}.partial.json`))) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** A module of the package beside its peers. */
const extractionUrl = (name: string): string => new URL(`../extraction/${name}`, pathToFileURL(program)).href;

test('without the packages: which they are, and how they are installed', async () => {
  mkdirSync(join(folder, 'one'));
  writeFileSync(join(folder, 'one/a.png'), greyscalePng(Uint8Array.of(1), 1, 1));
  writeFileSync(join(folder, 'any.onnx'), echo(['n', 3, 8, 8]));
  const args = ['features', 'one', '--onnx', 'any.onnx', '--range', '0,1', '-o', 'x.npy'];
  const { status, stdout, stderr } = await runHere(args, folder);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(
    /features of images need the package (sharp|onnxruntime-node), which could not be loaded/,
  );
  expect(stderr).toContain('\n  ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node sharp\n');
  expect(existsSync(join(folder, 'x.npy.partial'))).toBe(false);
});

describe.skipIf(!hasPeers)('with them', () => {
  beforeAll(() => {
    program = installBesidePeers();
    noise('noise', 37, 1);
    noise('other', 9, 2);
  });

  const pictures = `
import numpy as np
from PIL import Image
r = np.random.RandomState(1)
a = r.randint(0, 256, (37, 53, 4), dtype=np.uint8)
import os
os.makedirs('pictures/below', exist_ok=True)
Image.fromarray(a[:, :, :3]).save('pictures/rgb.png')
Image.fromarray(a[:, :, 0]).save('pictures/grey.png')
Image.fromarray(a).save('pictures/rgba.PNG')
Image.fromarray(a[:20, :, :2].copy(), 'LA').save('pictures/below/la.png')
Image.fromarray(a[:, :20, :3]).quantize(16).save('pictures/palette.png')
Image.fromarray(a[:, :, 0] > 128).save('pictures/bit.png')
Image.fromarray(a[:, :, 1:]).save('pictures/photo.jpg', quality=90)
Image.fromarray(a[:, :, :3]).save('pictures/lossless.webp', lossless=True)
Image.fromarray(a[:, :, :3]).save('pictures/scan.tif')
Image.fromarray(a[:, :, 1:]).save('pictures/web.gif')
open('pictures/notes.txt', 'w').write('none')
open('pictures/.hidden.png', 'w').write('none')
`;
  const expected = (size: string, resample: string, mode: string) => `
import json, sys, numpy as np
from PIL import Image
rows = []
for name in json.loads(sys.argv[1]):
    image = Image.open('pictures/' + name).convert('${mode}')
    a = np.asarray(image).reshape(image.size[1], image.size[0], -1)
    planes = [Image.fromarray(a[:, :, i].astype(np.float32), mode='F').resize(${size}, Image.${resample}) for i in range(a.shape[2])]
    rows.append(np.stack([np.asarray(p).clip(0, 255) for p in planes]).ravel())
np.save('expected.npy', np.stack(rows))
`;
  const python = (code: string, ...args: string[]) => {
    const { status, stderr } = spawnSync(pillow!, ['-c', code, ...args], { cwd: folder, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('Error')]);
  };

  test.skipIf(pillow === undefined)(
    'the network sees the bits of Pillow, from files of every kind',
    async () => {
      python(pictures);
      writeFileSync(join(folder, 'echo.onnx'), echo(['n', 3, 'h', 'w']));
      const made = await features(
        'pictures',
        '--onnx',
        'echo.onnx',
        '--size',
        '20x31',
        '--range',
        '0,255',
        '-o',
        'e.npy',
        '--json',
      );
      expect(made.status).toBe(0);
      expect(made.stderr).toContain('madloop: 1 of 11 files left out: their names are not those of images');
      const { images, rows, cols, extractor } = JSON.parse(made.stdout);
      expect([rows, cols]).toEqual([10, 3 * 20 * 31]);
      expect(images).toEqual([
        'below/la.png',
        'bit.png',
        'grey.png',
        'lossless.webp',
        'palette.png',
        'photo.jpg',
        'rgb.png',
        'rgba.PNG',
        'scan.tif',
        'web.gif',
      ]);
      expect(extractor).toMatch(
        /^onnx sha256:[0-9a-f]{64}, size 20x31, resize pillow-bicubic-float32, range 0,255$/,
      );
      python(expected('(20, 31)', 'BICUBIC', 'RGB'), JSON.stringify(images));
      expect(await readMatrix(join(folder, 'e.npy'))).toEqual(await readMatrix(join(folder, 'expected.npy')));

      // Grey: by Pillow's weights, one channel side by side with itself.
      writeFileSync(join(folder, 'grey.onnx'), echo(['n', 16, 16, 1]));
      const grey = [
        '--onnx',
        'grey.onnx',
        '--range',
        '0,255',
        '--resize',
        'pillow-bilinear-float32',
        '-o',
        'g.npy',
      ];
      expect((await features('pictures', ...grey)).status).toBe(0);
      python(expected('(16, 16)', 'BILINEAR', 'L'), JSON.stringify(images));
      expect(await readMatrix(join(folder, 'g.npy'))).toEqual(await readMatrix(join(folder, 'expected.npy')));
    },
  );

  test('the range, then the mean and the deviation of each channel, in the layout of the network', async () => {
    mkdirSync(join(folder, 'two'));
    writeFileSync(join(folder, 'two/a.png'), greyscalePng(Uint8Array.of(0, 51, 255, 204), 2, 2));
    writeFileSync(join(folder, 'two/b.png'), greyscalePng(Uint8Array.of(255, 0, 0, 0), 2, 2));
    const values = [0, 0.2, 1, 0.8];
    for (const [name, shape] of [
      ['planes', [3, 3, 2, 2]],
      ['pixels', [3, 2, 2, 3]],
    ] as const) {
      writeFileSync(join(folder, `${name}.onnx`), echo(shape));
      const flags = [
        '--onnx',
        `${name}.onnx`,
        '--range',
        '0,1',
        '--mean',
        '0.5,0,1',
        '--std',
        '1,2,4',
        '--resize',
        'none',
      ];
      expect((await features('two', ...flags, '-o', `${name}.npy`)).status).toBe(0);
      const { data, rows } = await readMatrix(join(folder, `${name}.npy`));
      const wanted = values.map((v) => [v - 0.5, v / 2, (v - 1) / 4]);
      const all =
        name === 'pixels' ? wanted.flat() : [0, 1, 2].flatMap((c) => wanted.map((pixel) => pixel[c]!));
      expect(rows).toBe(2); // of a batch of three
      expect(Array.from(data.subarray(0, 12))).toEqual(all.map((value) => expect.closeTo(value, 6)));
    }
  });

  test('a real network: what the runtime itself makes of the same numbers', async () => {
    const whole = network.filter((flag) => flag !== '--tensor' && flag !== textDirection.features);
    expect((await features('noise', ...whole, '-o', 'classes.npy', '--threads', '1')).status).toBe(0);
    const classes = await readMatrix(join(folder, 'classes.npy'));
    expect([classes.rows, classes.cols]).toEqual([37, 2]);
    for (let i = 0; i < 37; i += 1) expect(classes.data[2 * i]! + classes.data[2 * i + 1]!).toBeCloseTo(1, 5);

    writeFileSync(join(folder, 'see.onnx'), echo(['n', 3, 'h', 'w']));
    await features('noise', '--onnx', 'see.onnx', '--size', '192x48', '--range=-1,1', '-o', 'see.npy');
    const pixels = await readMatrix(join(folder, 'see.npy'));
    const { InferenceSession, Tensor } = createRequire(peersManifest)('onnxruntime-node');
    const session = await InferenceSession.create(textDirection.file, { intraOpNumThreads: 1 });
    const x = new Tensor(
      'float32',
      Float32Array.from(pixels.data.subarray(0, 16 * pixels.cols)),
      [16, 3, 48, 192],
    );
    const results = await session.run({ x });
    expect(Array.from(classes.data.subarray(0, 32))).toEqual(Array.from(results[textDirection.classes].data));
  });

  test.skipIf(pytorch === undefined)(
    'a network from PyTorch gives what it gives there, from pixels of Pillow',
    async () => {
      const code = `
import os, numpy as np, torch
from PIL import Image
class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = torch.nn.Conv2d(3, 8, 3, stride=2), torch.nn.Conv2d(8, 16, 3, stride=2)
    def forward(self, x):
        return torch.relu(self.b(torch.relu(self.a(x)))).mean((2, 3))
torch.manual_seed(1)
network = Network().eval()
torch.onnx.export(network, (torch.zeros(2, 3, 99, 99),), 'torch.onnx', dynamic_axes={'x': {0: 'n'}}, input_names=['x'])
os.makedirs('photos')
rows = []
for i in range(6):
    a = np.random.RandomState(i).randint(0, 256, (40 + 30 * i, 500 - 40 * i, 3), dtype=np.uint8)
    Image.fromarray(a).save('photos/%d.png' % i)
    planes = [Image.fromarray(a[:, :, c].astype(np.float32), mode='F').resize((99, 99), Image.BICUBIC) for c in range(3)]
    rows.append(np.stack([np.asarray(plane).clip(0, 255) for plane in planes]))
mean, std = [np.array(x, np.float32)[:, None, None] for x in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])]
with torch.inference_mode():
    np.save('torch.npy', network(torch.from_numpy((np.stack(rows) / np.float32(255) - mean) / std)).numpy())`;
      const made = spawnSync(pytorch!, ['-c', code], { cwd: folder, encoding: 'utf8' });
      expect([made.status, made.stderr]).toEqual([0, expect.not.stringContaining('Error')]);
      const flags = [
        '--range',
        '0,1',
        '--mean',
        '0.485,0.456,0.406',
        '--std',
        '0.229,0.224,0.225',
        '--batch',
        '4',
      ];
      expect((await features('photos', '--onnx', 'torch.onnx', ...flags, '-o', 'photos.npy')).status).toBe(0);
      const expected = await readMatrix(join(folder, 'torch.npy'));
      const { data, rows, cols } = await readMatrix(join(folder, 'photos.npy'));
      expect([rows, cols]).toEqual([6, 16]);
      expect(Array.from(data)).toEqual(Array.from(expected.data, (value) => expect.closeTo(value, 5)));
    },
  );

  test('the same bytes for any number of threads, and for any interruption by the hardest signal', async () => {
    const flags = ['noise', ...network, '--batch', '2'];
    await features(...flags, '--threads', '1', '-o', 'one.npy');
    await features(...flags, '--threads', '3', '-o', 'three.npy');
    expect(bytes('three.npy').equals(bytes('one.npy'))).toBe(true);
    const { child, outcome } = start([...flags, '--threads', '2', '-o', 'killed.npy']);
    await untilSaved(child, 'killed.npy');
    child.kill('SIGKILL');
    await outcome;
    expect(existsSync(join(folder, 'killed.npy'))).toBe(false);
    const { status, stderr } = await features(...flags, '--threads', '1', '-o', 'killed.npy');
    expect(status).toBe(0);
    expect(stderr).toMatch(/madloop: goes on behind [1-9]\d* of 37 images\n/);
    expect(bytes('killed.npy').equals(bytes('one.npy'))).toBe(true);
    expect(
      existsSync(join(folder, 'killed.npy.partial.json')) || existsSync(join(folder, 'killed.npy.partial')),
    ).toBe(false);
  });

  test.each([
    ['SIGINT', 130, 'interrupted'],
    ['SIGTERM', 75, 'stopped by SIGTERM'],
  ] as const)('%s stops it, and leaves what the same command goes on from', async (signal, status, said) => {
    const flags = ['noise', ...network, '--batch', '1', '--threads', '1', '-o', `${signal}.npy`];
    const { child, outcome } = start(flags);
    await untilSaved(child, `${signal}.npy`);
    child.kill(signal);
    const stopped = await outcome;
    expect([stopped.status, stopped.stdout]).toEqual([status, '']);
    expect(stopped.stderr).toBe(`madloop: the same command goes on where this one stopped\nmadloop: ${said}\n`);
    const { done } = JSON.parse(String(bytes(`${signal}.npy.partial.json`)));
    expect(done).toBeGreaterThan(0);
  });

  test('evaluate compares features of one protocol, and stats keeps it', async () => {
    copyFileSync(join(folder, 'one.npy'), join(folder, 'a.npy'));
    await features('other', ...network, '-o', 'b.npy');
    await features('other', ...network, '--resize', 'pytorch-bilinear', '-o', 'c.npy');
    const evaluate = (...args: readonly string[]) =>
      startHere(['evaluate', ...args, '--k', '2', '--no-infinity', '--json'], folder).outcome;
    const same = await evaluate('a.npy', 'b.npy');
    expect(same.status).toBe(0);
    const { extractor } = JSON.parse(same.stdout).real;
    expect(extractor).toContain(
      'tensor reshape2_0.tmp_0, size 192x48, resize pillow-bicubic-float32, range -1,1',
    );

    const refused = await evaluate('a.npy', 'c.npy');
    expect([refused.status, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toBe(
      'madloop: a.npy and c.npy must have features of the same extractor, unless --any-extractor is given, ' +
        'got "resize pillow-bicubic-float32" and "resize pytorch-bilinear"\n',
    );
    expect((await evaluate('a.npy', 'c.npy', '--any-extractor')).stderr).not.toContain('extractor');

    expect((await runHere(['stats', 'a.npy', '-o', 'a.npz'], folder)).status).toBe(0);
    expect((await readStatistics(join(folder, 'a.npz'))).extractor).toBe(extractor);
    expect((await evaluate('a.npz', 'c.npy')).stderr).toContain('"resize pytorch-bilinear"');
  });

  test.skipIf(numpy === undefined)('NumPy reads the features, and behind them the protocol', async () => {
    const code = `
import numpy as np
with open('one.npy', 'rb') as f:
    x, protocol = np.load(f), np.load(f)
assert np.array_equal(np.load('one.npy', mmap_mode='r'), x)
print(x.shape, x.dtype, protocol)`;
    const { stdout, stderr } = spawnSync(numpy!, ['-c', code], { cwd: folder, encoding: 'utf8' });
    expect([stdout, stderr]).toEqual([
      expect.stringMatching(/^\(37, 200\) float32 onnx sha256:.*range -1,1\n$/),
      '',
    ]);
  });

  test('a broken image is named, the first in order whatever the threads; without it the run goes on', async () => {
    noise('broken', 12, 4);
    for (const i of ['0007', '0009']) writeFileSync(join(folder, 'broken', `${i}.png`), 'no image');
    writeFileSync(join(folder, 'echo.onnx'), echo(['n', 3, 'h', 'w']));
    const flags = [
      'broken',
      '--onnx',
      'echo.onnx',
      '--size',
      '8',
      '--range',
      '0,1',
      '--batch',
      '2',
      '-o',
      'b.npy',
    ];
    for (const threads of ['3', '1']) {
      const { status, stderr } = await features(...flags, '--threads', threads);
      expect([status, stderr.split('\n').at(-2)]).toEqual([
        2,
        'madloop: cannot read broken/0007.png as an image: Input file contains unsupported image format',
      ]);
      for (const i of threads === '3' ? [] : ['0007', '0009']) rmSync(join(folder, 'broken', `${i}.png`));
    }
    const { status, stderr } = await features(...flags);
    expect([status, stderr]).toEqual([0, 'madloop: goes on behind 6 of 10 images\nwrote b.npy\n']);
    rmSync(join(folder, 'b.npy'));
    expect((await features(...flags.slice(0, -1), 'whole.npy')).status).toBe(0);
  });

  test.each<[readonly string[], RegExp]>([
    [
      ['--onnx', 'echo.onnx', '--size', '8'],
      /^madloop: --range must be two numbers, as 0,1, and is not given\n$/,
    ],
    [['--onnx', 'gone.onnx', '--range', '0,1'], /^madloop: cannot read gone\.onnx: ENOENT.*\n$/],
    [
      ['--onnx', 'echo.onnx', '--range', '0,1'],
      /^madloop: --size must be WIDTHxHEIGHT in pixels, as echo\.onnx takes any height: float32 of shape \(n, 3, h, w\), and is not given\n$/,
    ],
  ])('%j: what is missing, by its flag', async (flags, message) => {
    const { status, stdout, stderr } = await features('other', '-o', 'refused.npy', ...flags);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(existsSync(join(folder, 'refused.npy'))).toBe(false);
  });

  const images = (name: string, ...shape: (number | string)[]) => [{ name, shape }];
  const identity = { op: 'Identity', inputs: ['x'], output: 'y' };
  const models: Readonly<Record<string, Buffer>> = {
    'any.onnx': echo(['n', 3, 'h', 'w']),
    'fixed.onnx': echo([2, 3, 8, 8]),
    'none.onnx': Buffer.from('no network'),
    'flat.onnx': echo(['n', 192]),
    'bytes.onnx': onnxModel(
      [{ name: 'x', type: 'uint8', shape: ['n', 3, 8, 8] }],
      [identity],
      [{ name: 'y', type: 'uint8', shape: ['n', 3, 8, 8] }],
    ),
    'many.onnx': echo(['n', 5, 8, 8]),
    'two.onnx': onnxModel(
      [...images('x', 'n', 3, 8, 8), ...images('z', 'n', 3, 8, 8)],
      [{ op: 'Add', inputs: ['x', 'z'], output: 'y' }],
      images('y', 'n', 3, 8, 8),
    ),
    'outputs.onnx': onnxModel(
      images('x', 'n', 3, 8, 8),
      [
        { op: 'Flatten', inputs: ['x'], output: 'y' },
        { op: 'Neg', inputs: ['y'], output: 'z' },
      ],
      [...images('y', 'n', 'd'), ...images('z', 'n', 'd')],
    ),
  };
  const refused: readonly (readonly [wanted: object, message: RegExp])[] = [
    [
      { onnx: 'none.onnx' },
      /^features: onnx must be an ONNX network that onnxruntime can run, got none\.onnx: /,
    ],
    [
      { onnx: 'fixed.onnx', size: { width: 9, height: 8 } },
      /size must be that of fixed\.onnx, which takes float32 of shape \(2, 3, 8, 8\), got 9x8$/,
    ],
    [
      { onnx: 'flat.onnx' },
      /onnx must be a network that takes float32 of shape \(images, 3, height, width\) .*, got flat\.onnx, which takes float32 of shape \(n, 192\)$/,
    ],
    [{ onnx: 'bytes.onnx' }, /got bytes\.onnx, which takes uint8 of shape \(n, 3, 8, 8\)$/],
    [{ onnx: 'many.onnx' }, /got many\.onnx, which takes float32 of shape \(n, 5, 8, 8\)$/],
    [{ onnx: 'two.onnx' }, /onnx must be a network of one input, got 2 of two\.onnx \(x, z\)$/],
    [{ onnx: 'outputs.onnx' }, /tensor must be one of y, z, the outputs of outputs\.onnx, got undefined$/],
    [
      { onnx: 'any.onnx', tensor: 'q', size: { width: 8, height: 8 } },
      /tensor must name a tensor of any\.onnx, got "q": /,
    ],
  ];
  const undecodable: readonly (readonly [content: string | Uint8Array, reason: string])[] = [
    ['text', 'unsupported image format'],
    ['', 'unsupported image format'],
    [
      greyscalePng(
        new Uint8Array(900).map((_, i) => (i * i) % 251),
        30,
        30,
      ).slice(0, 200),
      'libpng read error',
    ],
  ];

  test('networks that do not fit, and images that are none, each with the reason', () => {
    for (const [name, model] of Object.entries(models)) writeFileSync(join(folder, name), model);
    for (const [i, [content]] of undecodable.entries()) writeFileSync(join(folder, `${i}.png`), content);
    const script = `
      import { decoder } from ${JSON.stringify(extractionUrl('decode.js'))};
      import { openNetwork } from ${JSON.stringify(extractionUrl('network.js'))};
      const said = [];
      for (const wanted of ${JSON.stringify(refused.map(([wanted]) => wanted))}) {
        said.push(await openNetwork('features', { batch: 4, ...wanted }).then(() => 'opened', ({ code, message }) => code + ' ' + message));
      }
      const decode = await decoder();
      for (let i = 0; i < ${undecodable.length}; i += 1) {
        said.push(await decode(i + '.png', 3).then(() => 'decoded', ({ code, message }) => code + ' ' + message));
      }
      console.log(JSON.stringify(said));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const said = (JSON.parse(stdout) as string[]).map((each) => each.replace(/^ERR_INVALID_INPUT /, ''));
    expect(said.slice(0, refused.length)).toEqual(refused.map(([, message]) => expect.stringMatching(message)));
    for (const [i, [, reason]] of undecodable.entries()) {
      expect(said[refused.length + i]).toMatch(new RegExp(`^cannot read ${i}\\.png as an image: .*${reason}`));
    }
  });
});
