# The addon, built by node-gyp, one instruction-set level a run: scripts/build-native.mjs runs it for each level that is
# wanted. Each file is compiled as a whole for its level. Flags for single source files would be unsafe: the linker keeps one copy
# of a template, perhaps one that the processor cannot run. Sources and flags stand in native/sources.json, which CMakeLists.txt
# reads too. Linux is what this has been run on; macOS and Windows settings are untested.
{
  'variables': {
    # v2, v3 or v4 on x86-64, else generic; where it is empty, the probe of the processor alone is built.
    'variant%': '',
  },
  'target_defaults': {
    'include_dirs': ['native'],
    'cflags_cc': ['<!@(node -p "const { gnu } = require(\'./native/sources.json\'); [...gnu.flags, ...gnu.warnings].join(\' \')")'],
    # What Node's own common.gypi brings, should somebody call node-gyp without our folder.
    'cflags_cc!': ['-std=gnu++17', '-std=gnu++20', '-fno-exceptions', '-fno-rtti'],
    'conditions': [
      ['OS=="linux"', {
        'variables': {
          'gcc': '<!(${CXX:-g++} --version | grep -c "Free Software Foundation" || true)',
          # Some distributions have the static C++ library in a package of its own; without it an addon for this system is built.
          'static_runtime': '<!(${CXX:-g++} -print-file-name=libstdc++.a | grep -c / || true)',
        },
        # System headers, which are not warned of. Relative to build/, where make runs: an absolute path could hold spaces.
        'cflags_cc': [
          '-isystem', '../native/vendor/eigen',
          '-isystem', '../<!(node -p "require(\'node-addon-api\').include_dir")',
        ],
        # The probe's, which is C.
        'cflags_c': ['-Wall', '-Wextra'],
        'cflags': [
          '-isystem', '../<!(node -p "require(\'path\').relative(\'.\', require(\'node-api-headers\').include_dir)")',
        ],
        # Of no effect where a file's offset has 64 bits anyway, but for other text of system headers than CMake's build reads.
        'defines!': ['_LARGEFILE_SOURCE', '_FILE_OFFSET_BITS=64'],
        'ldflags': [
          '-pthread',
          '<!@(node -p "require(\'./native/sources.json\').gnu.addonLinks.join(\' \')")',
          '-Wl,--version-script=../native/node-gyp/exports.map',
        ],
        'conditions': [
          ['static_runtime==1', {'ldflags': ['<!@(node -p "require(\'./native/sources.json\').gnu.staticRuntime.join(\' \')")']}],
          ['gcc==1', {'cflags_cc': ['<!@(node -p "require(\'./native/sources.json\').gnu.gccOnly.join(\' \')")']}],
        ],
      }, {
        'include_dirs': [
          'native/vendor/eigen',
          '<!(node -p "require(\'node-addon-api\').include_dir")',
          '<!(node -p "require(\'path\').relative(\'.\', require(\'node-api-headers\').include_dir)")',
        ],
      }],
      ['OS=="mac"', {
        'xcode_settings': {
          'MACOSX_DEPLOYMENT_TARGET': '11.0',
          'CLANG_CXX_LIBRARY': 'libc++',
          'CLANG_CXX_LANGUAGE_STANDARD': 'c++20',
          'GCC_ENABLE_CPP_EXCEPTIONS': 'YES',
          'GCC_ENABLE_CPP_RTTI': 'YES',
          'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
          'OTHER_CPLUSPLUSFLAGS': [
            '<!@(node -p "const { gnu } = require(\'./native/sources.json\'); [...gnu.flags, ...gnu.warnings].join(\' \')")',
          ],
        },
      }],
      ['OS=="win"', {
        'defines': ['<!@(node -p "require(\'./native/sources.json\').msvc.defines.join(\' \')")'],
        'msvs_settings': {
          'VCCLCompilerTool': {
            'AdditionalOptions!': ['-std:c++17'],
            'AdditionalOptions': ['<!@(node -p "require(\'./native/sources.json\').msvc.flags.join(\' \')")'],
            'ExceptionHandling': 1,
            'RuntimeTypeInfo': 'true',
          },
        },
      }],
      ['variant!=""', {
        'cflags_cc': ['<!@(node -p "require(\'./native/sources.json\').gnu.levels[\'<(variant)\'].join(\' \')")'],
        'xcode_settings': {
          'OTHER_CPLUSPLUSFLAGS': ['<!@(node -p "require(\'./native/sources.json\').gnu.levels[\'<(variant)\'].join(\' \')")'],
        },
        'msvs_settings': {
          'VCCLCompilerTool': {
            'AdditionalOptions': ['<!@(node -p "require(\'./native/sources.json\').msvc.levels[\'<(variant)\'].join(\' \')")'],
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
    ['variant!=""', {
      'targets': [
        {
          'target_name': 'madloop-<(variant)',
          'sources': [
            '<!@(node -p "const s = require(\'./native/sources.json\'); [...s.core, ...s.binding].join(\' \')")',
          ],
          'dependencies': ['version-<(variant)'],
        },
        {
          'target_name': 'version-<(variant)',
          'type': 'static_library',
          'sources': ['<!@(node -p "require(\'./native/sources.json\').version.join(\' \')")'],
          'defines': [
            'MADLOOP_VERSION="<!(node -p "require(\'./package.json\').version")"',
            'MADLOOP_VARIANT="<(variant)"',
          ],
        },
      ],
    }],
  ],
}
