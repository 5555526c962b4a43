using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Cluster;

internal sealed partial class Controller
{
    private const sbyte Set = 1;
    private const sbyte Cleared = -1;

    /// <summary>
    /// Registers a broker, fenced, with the epoch <paramref name="offsetNext"/>: the offset at which the response's records will stand.
    /// A process that was started again has another incarnation. Did it not stop cleanly (its epoch on disk is not the registered one),
    /// then what it had written last may be gone, and it leaves every ISR first.
    /// </summary>
    public Decision<BrokerRegistrationResponse> RegisterBroker(ClusterImage image, BrokerRegistrationRequest request, long offsetNext)
    {
        if (request.ClusterId != image.ClusterId)
        {
            return Decision<BrokerRegistrationResponse>.Refusal(new() { ErrorCode = ErrorCode.InconsistentClusterId });
        }

        if (!Supports(request, image))
        {
            return Decision<BrokerRegistrationResponse>.Refusal(new() { ErrorCode = ErrorCode.UnsupportedVersion });
        }

        var records = new List<ClusterRecord>();
        if (image.Brokers.TryGetValue(request.BrokerId, out var before))
        {
            if (before.IncarnationId == request.IncarnationId)
            {
                return Decision<BrokerRegistrationResponse>.Refusal(new() { BrokerEpoch = before.Epoch });
            }

            if (request.PreviousBrokerEpoch != before.Epoch || !before.Fenced)
            {
                RemoveFromPartitions(image, request.BrokerId, crashed: request.PreviousBrokerEpoch != before.Epoch, records);
            }
        }

        records.Add(ClusterRecord.Of(Registration(request, offsetNext), image.MetadataVersion));
        return new(new() { BrokerEpoch = offsetNext }, records);
    }

    /// <summary>Registers a controller; each run of the program is another incarnation.</summary>
    public Decision<ErrorCode> RegisterController(ClusterImage image, ControllerImage controller)
    {
        var isKnown = image.Controllers.TryGetValue(controller.Id, out var before) && before.IncarnationId == controller.IncarnationId;
        return new(ErrorCode.None, isKnown || !image.MetadataVersion.HasControllerRegistrations ? [] : [ClusterRecord.Of(ImageRecords.Registration(controller))]);
    }

    private static RegisterBrokerRecord Registration(BrokerRegistrationRequest request, long epoch) => new()
    {
        BrokerId = request.BrokerId,
        BrokerEpoch = epoch,
        IncarnationId = request.IncarnationId,
        Rack = request.Rack,
        Fenced = true,
        LogDirs = [.. request.LogDirs],
        EndPoints = [.. request.Listeners.Select(l => new RegisterBrokerRecord.BrokerEndpoint
        {
            Name = l.Name, Host = l.Host, Port = l.Port, SecurityProtocol = l.SecurityProtocol,
        })],
        Features = [.. request.Features.Select(f => new RegisterBrokerRecord.BrokerFeature
        {
            Name = f.Name, MinSupportedVersion = f.MinSupportedVersion, MaxSupportedVersion = f.MaxSupportedVersion,
        })],
    };

    /// <summary>A broker must be able to work at every level the cluster is at.</summary>
    private static bool Supports(BrokerRegistrationRequest request, ClusterImage image)
    {
        foreach (var (name, level) in image.Features)
        {
            if (request.Features.Find(f => f.Name == name) is not { } feature || level < feature.MinSupportedVersion || level > feature.MaxSupportedVersion)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// A sign of life that also says what the broker wants: to serve (unfence), to be left out (fence), or to stop.
    /// A stopping broker first loses its partitions; it may go when it leads none. It also says which log directories failed and which take nothing new.
    /// </summary>
    public Decision<BrokerHeartbeatResponse> Heartbeat(ClusterImage image, BrokerHeartbeatRequest request)
    {
        if (CheckBrokerEpoch(image, request.BrokerId, request.BrokerEpoch) is var error and not ErrorCode.None)
        {
            return Decision<BrokerHeartbeatResponse>.Refusal(new() { ErrorCode = error });
        }

        var broker = image.Brokers[request.BrokerId];
        var records = new List<ClusterRecord>();
        ReportDirectories(image, broker, request, records);
        if (records.Count > 0)
        {
            image = records.Aggregate(image, (before, record) => before.Apply(record, before.Offset, before.Epoch, before.TimestampMs));
            broker = image.Brokers[broker.Id];
        }

        var isCaughtUp = request.CurrentMetadataOffset >= broker.Epoch;
        var fenced = broker.Fenced;
        if (request.WantShutDown && !broker.Fenced)
        {
            if (!broker.InControlledShutdown)
            {
                records.Add(Change(broker, inControlledShutdown: Set));
            }

            RemoveFromPartitions(image, broker.Id, crashed: false, records);
        }
        else if (request.WantFence && !broker.Fenced)
        {
            RemoveFromPartitions(image, broker.Id, crashed: false, records);
            records.Add(Change(broker, fenced: Set));
            fenced = true;
        }
        else if (!request.WantFence && !request.WantShutDown && broker.Fenced && isCaughtUp)
        {
            records.Add(Change(broker, fenced: Cleared));
            LeadPartitions(image, broker.Id, records);
            fenced = false;
        }

        return new(new() { IsCaughtUp = isCaughtUp, IsFenced = fenced, ShouldShutDown = request.WantShutDown }, records);
    }

    /// <summary>Shuts a broker out that is no longer heard of.</summary>
    public Decision<ErrorCode> FenceBroker(ClusterImage image, int brokerId, long brokerEpoch)
    {
        if (CheckBrokerEpoch(image, brokerId, brokerEpoch) is var error and not ErrorCode.None)
        {
            return Decision<ErrorCode>.Refusal(error);
        }

        var broker = image.Brokers[brokerId];
        if (broker.Fenced)
        {
            return Decision<ErrorCode>.Refusal(ErrorCode.None);
        }

        var records = new List<ClusterRecord>();
        RemoveFromPartitions(image, brokerId, crashed: false, records);
        records.Add(Change(broker, fenced: Set));
        return new(ErrorCode.None, records);
    }

    /// <summary>Forgets a broker that will not come back.</summary>
    public Decision<UnregisterBrokerResponse> UnregisterBroker(ClusterImage image, int brokerId)
    {
        if (!image.Brokers.TryGetValue(brokerId, out var broker))
        {
            return Decision<UnregisterBrokerResponse>.Refusal(new()
            {
                ErrorCode = ErrorCode.BrokerIdNotRegistered,
                ErrorMessage = $"Broker {brokerId} is not registered",
            });
        }

        var records = new List<ClusterRecord>();
        RemoveFromPartitions(image, brokerId, crashed: false, records);
        records.Add(ClusterRecord.Of(new UnregisterBrokerRecord { BrokerId = brokerId, BrokerEpoch = broker.Epoch }));
        return new(new() { ErrorMessage = null }, records);
    }

    /// <summary>Forgets a controller that will not come back.</summary>
    public Decision<UnregisterControllerResponse> UnregisterController(ClusterImage image, int controllerId)
    {
        if (!image.Controllers.ContainsKey(controllerId))
        {
            return Decision<UnregisterControllerResponse>.Refusal(new()
            {
                ErrorCode = ErrorCode.ControllerIdNotRegistered,
                ErrorMessage = $"Controller {controllerId} is not registered",
            });
        }

        if (!image.MetadataVersion.HasControllersThatLeave)
        {
            return Decision<UnregisterControllerResponse>.Refusal(new()
            {
                ErrorCode = ErrorCode.UnsupportedVersion,
                ErrorMessage = $"metadata.version {image.MetadataVersion.Level} cannot say that a controller left: {MetadataVersion.LeavingControllersLevel} can",
            });
        }

        return new(new() { ErrorMessage = null }, [ClusterRecord.Of(new UnregisterControllerRecord { ControllerId = controllerId })]);
    }

    private static ClusterRecord Change(BrokerImage broker, sbyte fenced = 0, sbyte inControlledShutdown = 0) => ClusterRecord.Of(
        new BrokerRegistrationChangeRecord { BrokerId = broker.Id, BrokerEpoch = broker.Epoch, Fenced = fenced, InControlledShutdown = inControlledShutdown });

    private void RemoveFromPartitions(ClusterImage image, int brokerId, bool crashed, List<ClusterRecord> records)
    {
        foreach (var topic in InOrder(image))
        {
            var election = ElectionFor(topic.Name, image);
            for (var i = 0; i < topic.Partitions.Length; i++)
            {
                var partition = topic.Partitions[i];
                if (partition.Replicas.Contains(brokerId) && election.WithoutBroker(topic.Id, i, partition, brokerId, crashed) is { } change)
                {
                    records.Add(ClusterRecord.Of(change, image.MetadataVersion));
                }
            }
        }
    }

    private void LeadPartitions(ClusterImage image, int brokerId, List<ClusterRecord> records)
    {
        foreach (var topic in InOrder(image))
        {
            var election = new LeaderElection(
                (partition, id) => (id == brokerId || image.IsActive(id)) && image.HasDirectory(partition, id), _settings.IsrMin(topic.Name, image), image.HasEligibleLeaders, _settings.UncleanElection(topic.Name, image));
            for (var i = 0; i < topic.Partitions.Length; i++)
            {
                var partition = topic.Partitions[i];
                if (partition.Replicas.Contains(brokerId) && election.WithLeader(topic.Id, i, partition) is { } change)
                {
                    records.Add(ClusterRecord.Of(change, image.MetadataVersion));
                }
            }
        }
    }
}
