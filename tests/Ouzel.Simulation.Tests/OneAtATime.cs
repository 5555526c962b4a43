// A removed guard is gone for the whole program, and a run wants the processor for itself.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
