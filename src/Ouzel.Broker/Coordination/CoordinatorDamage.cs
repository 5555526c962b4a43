namespace Ouzel.Broker.Coordination;

/// <summary>Records of an internal partition that were passed over while it was read.</summary>
/// <param name="Offset">The first of them.</param>
/// <param name="NextOffset">The first behind them.</param>
/// <param name="What">What is wrong with them.</param>
internal readonly record struct CoordinatorDamage(long Offset, long NextOffset, string What);
