/** For optionalPackage: what the packages are needed for, and how they are installed; onnxruntime-node would fetch CUDA else. */
export const packages = [
  'features of images need',
  'ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node sharp',
] as const;
