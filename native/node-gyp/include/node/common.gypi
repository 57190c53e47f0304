{
  'target_defaults': {
    'default_configuration': 'Release',
    'configurations': {
      'Release': {
        'cflags': ['<!@(node -p "require(\'./native/sources.json\').gnu.optimised.join(\' \')")'],
        'xcode_settings': {'GCC_OPTIMIZATION_LEVEL': '3'},
        'msvs_settings': {
          'VCCLCompilerTool': {
            'AdditionalOptions': ['<!@(node -p "require(\'./native/sources.json\').msvc.optimised.join(\' \')")'],
          },
        },
      },
      'Debug': {
        'cflags': ['-O0', '-g'],
        'xcode_settings': {'GCC_OPTIMIZATION_LEVEL': '0'},
      },
    },
    'conditions': [
      ['OS=="mac"', {
        'xcode_settings': {
          'ALWAYS_SEARCH_USER_PATHS': 'NO',
          'GCC_DYNAMIC_NO_PIC': 'NO',
        },
      }],
      ['OS=="mac" and target_arch=="x64"', {'xcode_settings': {'ARCHS': ['x86_64']}}],
      ['OS=="mac" and target_arch=="arm64"', {'xcode_settings': {'ARCHS': ['arm64']}}],
    ],
  },
}
