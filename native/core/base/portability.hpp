// What differs between the compilers of host and device. The only file that asks which one is running.
#pragma once

// Marks a function that must also compile for the device.
#if defined(__CUDACC__)
#define MADLOOP_HD __host__ __device__
#else
#define MADLOOP_HD
#endif
