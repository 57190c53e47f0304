# The addon, built by node-gyp: one file per instruction-set level, each compiled as a whole for that level. Flags for single
# files would be unsafe: the linker keeps one copy of a template, perhaps one that the processor cannot run. CMakeLists.txt
# builds the same from the same list of sources. Linux is what this has been run on; macOS and Windows settings are untested.
{
  'variables': {
    # On x86-64; `npm run build:native -- --variants=v2,v3,v4` builds the third.
    'variants%': 'v2,v3',
    'addon_sources': [
      '<!@(node -p "const s = require(\'./native/sources.json\'); [...s.core, ...s.binding].join(\' \')")',
    ],
    'version': '<!(node -p "require(\'./package.json\').version")',
  },
  'target_defaults': {
    'include_dirs': [
      'native',
      '<!(node -p "require(\'node-addon-api\').include_dir")',
      '<!(node -p "require(\'path\').relative(\'.\', require(\'node-api-headers\').include_dir)")',
    ],
    'defines': [
      'MADLOOP_VERSION="<(version)"',
    ],
    'cflags': [
      '-Wall',
      '-Wextra',
      '-ffp-contract=off',
      '-fno-math-errno',
      '-fno-trapping-math',
      '-fvisibility=hidden',
    ],
    'cflags_cc': ['-std=c++20'],
    # What Node's own common.gypi brings, should somebody call node-gyp without our folder.
    'cflags_cc!': ['-std=gnu++17', '-std=gnu++20', '-fno-exceptions', '-fno-rtti'],
    'conditions': [
      ['OS=="linux"', {
        'variables': {
          'gcc': '<!(${CXX:-g++} --version | grep -c "Free Software Foundation" || true)',
        },
        'conditions': [
          ['gcc==1', {
            'cflags_cc': [
              # Unique symbols would be shared by all variants in a process, hidden or not.
              '-fno-gnu-unique',
              # g++ 12 sees overlapping copies inside std::string's operator+ (GCC bug 105651).
              '-Wno-restrict',
            ],
          }],
        ],
        # Relative to build/, where make runs: an absolute path could hold spaces.
        'cflags_cc': ['-pthread', '-isystem../native/vendor/eigen'],
        'ldflags': ['-pthread', '-Wl,--exclude-libs,ALL', '-Wl,--version-script=../native/node-gyp/exports.map'],
      }, {
        'include_dirs': ['native/vendor/eigen'],
      }],
      ['OS=="mac"', {
        'xcode_settings': {
          'MACOSX_DEPLOYMENT_TARGET': '11.0',
          'CLANG_CXX_LIBRARY': 'libc++',
          'CLANG_CXX_LANGUAGE_STANDARD': 'c++20',
          'GCC_ENABLE_CPP_EXCEPTIONS': 'YES',
          'GCC_ENABLE_CPP_RTTI': 'YES',
          'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
          'OTHER_CFLAGS': ['-ffp-contract=off', '-fno-math-errno', '-fno-trapping-math', '-Wall', '-Wextra'],
        },
      }],
      ['OS=="win"', {
        'defines': ['NOMINMAX', '_USE_MATH_DEFINES'],
        'msvs_settings': {
          'VCCLCompilerTool': {
            'AdditionalOptions!': ['-std:c++17'],
            'AdditionalOptions': ['/std:c++20', '/fp:precise', '/bigobj', '/utf-8'],
            'ExceptionHandling': 1,
            'RuntimeTypeInfo': 'true',
          },
        },
      }],
    ],
  },
  'conditions': [
    ['target_arch=="x64"', {
      'targets': [
        {
          'target_name': 'cpu_probe',
          'sources': ['<!@(node -p "require(\'./native/sources.json\').cpuProbe.join(\' \')")'],
        },
      ],
    }],
    ['target_arch=="x64" and "v2" in variants', {
      'targets': [
        {
          'target_name': 'madloop-v2',
          'sources': ['<@(addon_sources)'],
          'defines': ['MADLOOP_VARIANT="v2"'],
          'cflags': ['-march=x86-64-v2'],
          'xcode_settings': {'OTHER_CFLAGS': ['-march=x86-64-v2']},
        },
      ],
    }],
    ['target_arch=="x64" and "v3" in variants', {
      'targets': [
        {
          'target_name': 'madloop-v3',
          'sources': ['<@(addon_sources)'],
          'defines': ['MADLOOP_VARIANT="v3"'],
          'cflags': ['-march=x86-64-v3'],
          'xcode_settings': {'OTHER_CFLAGS': ['-march=x86-64-v3']},
          'msvs_settings': {'VCCLCompilerTool': {'AdditionalOptions': ['/arch:AVX2']}},
        },
      ],
    }],
    ['target_arch=="x64" and "v4" in variants', {
      'targets': [
        {
          'target_name': 'madloop-v4',
          'sources': ['<@(addon_sources)'],
          'defines': ['MADLOOP_VARIANT="v4"'],
          'cflags': ['-march=x86-64-v4'],
          'xcode_settings': {'OTHER_CFLAGS': ['-march=x86-64-v4']},
          'msvs_settings': {'VCCLCompilerTool': {'AdditionalOptions': ['/arch:AVX512']}},
        },
      ],
    }],
    ['target_arch!="x64"', {
      'targets': [
        {
          'target_name': 'madloop-generic',
          'sources': ['<@(addon_sources)'],
          'defines': ['MADLOOP_VARIANT="generic"'],
        },
      ],
    }],
  ],
}
