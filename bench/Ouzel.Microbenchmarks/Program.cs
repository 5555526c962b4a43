using BenchmarkDotNet.Running;
using Ouzel.Microbenchmarks;

BenchmarkSwitcher.FromAssembly(typeof(Crc32CBenchmarks).Assembly).Run(args);
