{
  'target_defaults': {
    'default_configuration': 'Release',
    'configurations': {
      'Release': {
        'cflags': ['-O3'],
        'xcode_settings': {'GCC_OPTIMIZATION_LEVEL': '3'},
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
