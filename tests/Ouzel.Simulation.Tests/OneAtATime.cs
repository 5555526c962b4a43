// A run wants the processor for itself.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
