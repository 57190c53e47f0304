// The only include of <napi.h>. Its defines change what the header means, so they stand here, once.
#pragma once

// Type tags, detached buffers, BigInt, instance data, cleanup hooks: present in every Node the package
// supports.
#define NAPI_VERSION 8
#define NAPI_CPP_EXCEPTIONS
// Without this a std::exception that leaves a callback ends the process.
#define NODE_ADDON_API_CPP_EXCEPTIONS_ALL
// An exception cannot be thrown into an environment that is being torn down; losing it there is right.
#define NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS
#define NODE_ADDON_API_DISABLE_DEPRECATED
// Electron forbids external array buffers; a use of one does not compile.
#define NODE_API_NO_EXTERNAL_BUFFERS_ALLOWED
// Finalizers may run during garbage collection, where no JavaScript may be touched.
#define NODE_ADDON_API_REQUIRE_BASIC_FINALIZERS

#include <napi.h>
