using Microsoft.Extensions.Logging;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Client.Producing;

/// <summary>The producer's number (KIP-98): asked for when first needed, and again when a partition has used up all epochs of it.</summary>
/// <param name="client">Whom to ask through.</param>
/// <param name="arrived">Called when there is one.</param>
/// <param name="stop">Ends the asking.</param>
internal sealed class ProducerIdSource(OuzelClient client, Action arrived, CancellationToken stop)
{
    private readonly ILogger _logger = client.World.Loggers.CreateLogger<ProducerIdSource>();
    private readonly Lock _gate = new();
    private ProducerIdentity? _current;
    private bool _isAsking;

    public ProducerIdentity? Current
    {
        get
        {
            lock (_gate)
            {
                return _current;
            }
        }
    }

    /// <summary>Begins to ask, unless that is under way.</summary>
    public void Ask()
    {
        lock (_gate)
        {
            if (_isAsking || _current is not null)
            {
                return;
            }

            _isAsking = true;
        }

        _ = client.World.Start(AskAsync);
    }

    /// <summary>The identity is used up.</summary>
    public void Forget(ProducerIdentity used)
    {
        lock (_gate)
        {
            if (_current == used)
            {
                _current = null;
            }
        }

        Ask();
    }

    private async Task AskAsync()
    {
        try
        {
            for (var failures = 0; ; failures++)
            {
                if (await AskOnceAsync() is { } identity)
                {
                    lock (_gate)
                    {
                        (_current, _isAsking) = (identity, false);
                    }

                    arrived();
                    return;
                }

                await client.World.Delay(client.Options.Retry.DelayMs(failures + 1, client.World.Chance()), stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The producer is closing: nobody waits for the number.
        }
    }

    private async Task<ProducerIdentity?> AskOnceAsync()
    {
        try
        {
            var connection = await client.AnyBrokerAsync(stop);
            var request = new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = int.MaxValue };
            var response = await connection.CallAsync(request, client.Options.RequestTimeoutMs, stop);
            if (response.ErrorCode == ErrorCode.None)
            {
                return new ProducerIdentity(response.ProducerId, response.ProducerEpoch);
            }

            ClientEvents.ProducerIdRefused(_logger, response.ErrorCode);
        }
        catch (KafkaException fault)
        {
            ClientEvents.NoProducerId(_logger, fault.Message);
        }

        return null;
    }
}
