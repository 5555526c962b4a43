namespace Ouzel.Microbenchmarks;

/// <summary>A directory of its own on the disk that is measured: under BENCH_DATA, or where temporary files are.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateDirectory(System.IO.Path.Combine(
        Environment.GetEnvironmentVariable("BENCH_DATA") ?? System.IO.Path.GetTempPath(), $"ouzel-micro-{Guid.NewGuid():n}")).FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
