using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Ouzel.Broker.Apis;
using Ouzel.Broker.Cluster;
using Ouzel.Broker.Memory;
using Ouzel.Broker.Net;
using Ouzel.Broker.Requests;
using Ouzel.Broker.Tests.Support;
using Ouzel.Protocol;
using Ouzel.Protocol.Messages;

namespace Ouzel.Broker.Tests.Apis;

public sealed class ApiVersionsTests : IDisposable
{
    private const string ClusterId = "Some-cluster-of-22-char";
    private const int NodeId = 3;

    private readonly WireClient _client;
    private readonly ServedApis _apis;

    public ApiVersionsTests()
    {
        var listener = new MemoryListener();
        var clock = FakeTime.New();
        var api = new ApiVersionsApi(new FeatureLevels(Finalized), ClusterId, NodeId);
        _apis = new ServedApis([
            new ApiEntry<ApiVersionsRequest, ApiVersionsResponse>(api, ApiOrder.Serial, 0, 5, 0),
            new ApiEntry<FetchRequest, FetchResponse>(new NeverAsked<FetchRequest, FetchResponse>(), ApiOrder.Pipelined, 4, 18, 0),
        ]);
        api.Announce(_apis);
        _ = new ConnectionTable(_apis, new NetworkLimits(), () => new NetworkLimits(), clock, NullLogger.Instance).AcceptAsync(listener);
        _client = new WireClient(listener.Connect());
    }

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task From_version_1_on_the_table_is_announced_without_the_versions_kept_for_old_clients(short version)
    {
        var response = await _client.CallAsync(Named("probe", "1"), version);
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        Assert.Equal([(1, 4, 18), (18, 0, 5)], response.ApiKeys.Select(a => ((int)a.ApiKey, (int)a.MinVersion, (int)a.MaxVersion)));
    }

    [Fact]
    public async Task Version_0_announces_the_versions_kept_for_old_clients_too_for_who_asks_with_it_speaks_no_other()
    {
        var response = await _client.CallAsync(new ApiVersionsRequest(), 0);
        Assert.Equal([(1, 0, 18), (18, 0, 5)], response.ApiKeys.Select(a => ((int)a.ApiKey, (int)a.MinVersion, (int)a.MaxVersion)));
    }

    [Theory]
    [InlineData(null, -1, ErrorCode.None)]
    [InlineData(ClusterId, NodeId, ErrorCode.None)]
    [InlineData(ClusterId, -1, ErrorCode.InvalidRequest)]
    [InlineData("", -1, ErrorCode.InvalidRequest)]
    [InlineData(null, NodeId, ErrorCode.InvalidRequest)]
    [InlineData(null, -2, ErrorCode.InvalidRequest)]
    [InlineData("another", NodeId, ErrorCode.RebootstrapRequired)]
    [InlineData("", NodeId, ErrorCode.RebootstrapRequired)]
    [InlineData(ClusterId, NodeId + 1, ErrorCode.RebootstrapRequired)]
    [InlineData(ClusterId, -2, ErrorCode.RebootstrapRequired)]
    [InlineData("another", 0, ErrorCode.RebootstrapRequired)]
    public async Task Version_5_is_for_the_cluster_and_the_node_it_names_both_or_neither(string? cluster, int node, ErrorCode expected)
    {
        var request = Named("probe", "1");
        (request.ClusterId, request.NodeId) = (cluster, node);
        var response = await _client.CallAsync(request, 5);
        var isServed = expected == ErrorCode.None;
        Assert.Equal((expected, isServed ? 2 : 0, isServed), (response.ErrorCode, response.ApiKeys.Count, response.FinalizedFeatures.Count > 0));
        Assert.Equal(ErrorCode.None, (await _client.CallAsync(Named("probe", "1"), 5)).ErrorCode);
    }

    [Fact]
    public async Task Versions_below_5_ask_for_no_node()
    {
        var request = Named("probe", "1");
        (request.ClusterId, request.NodeId) = ("another", 77);
        Assert.Equal(ErrorCode.None, (await _client.CallAsync(request, 4)).ErrorCode);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(127)]
    [InlineData(-1)]
    public async Task An_unknown_version_is_answered_in_version_0_byte_for_byte_and_the_connection_goes_on(short version)
    {
        await _client.SendFrameAsync([0, 18, (byte)(version >> 8), (byte)version, 0, 0, 0, 7, 0, 0, 0, 1, 2, 3]);
        using var golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(CheckoutTree.Golden, "wire", "api-versions.json")));
        var expected = golden.RootElement.GetProperty("unsupportedVersion").GetProperty("hex").GetString()!;
        Assert.Equal(expected, Convert.ToHexStringLower((await _client.ReceiveFrameAsync())!));
        Assert.Equal(ErrorCode.None, (await _client.CallAsync(Named("probe", "1"), 3)).ErrorCode);
    }

    [Theory]
    [InlineData("probe-1.x", "4.2.1", true)]
    [InlineData("p", "1", true)]
    [InlineData("", "1", false)]
    [InlineData("probe", "", false)]
    [InlineData("my probe", "1", false)]
    [InlineData("my_probe", "1", false)]
    [InlineData("-probe", "1", false)]
    [InlineData("probe.", "1", false)]
    [InlineData("pröbe", "1", false)]
    [InlineData("probe", "1.0+build", false)]
    [InlineData("probe\n", "1", false)]
    public async Task A_software_name_is_letters_and_digits_with_dots_and_dashes_between(string name, string version, bool accepted)
    {
        var response = await _client.CallAsync(Named(name, version), 3);
        Assert.Equal(accepted ? ErrorCode.None : ErrorCode.InvalidRequest, response.ErrorCode);
        Assert.Equal(accepted ? 2 : 0, response.ApiKeys.Count);
    }

    [Fact]
    public async Task Version_3_leaves_out_features_whose_lowest_level_is_0()
    {
        var third = await _client.CallAsync(Named("probe", "1"), 3);
        var fourth = await _client.CallAsync(Named("probe", "1"), 4);
        Assert.Equal(["metadata.version"], third.SupportedFeatures.Select(f => f.Name));
        Assert.Equal(["eligible.leader.replicas.version", "kraft.version", "metadata.version"], fourth.SupportedFeatures.Select(f => f.Name));
        foreach (var response in new[] { third, fourth })
        {
            Assert.Equal(17, response.FinalizedFeaturesEpoch);
            Assert.Equal([("metadata.version", 29)], response.FinalizedFeatures.Select(f => (f.Name, (int)f.MaxVersionLevel)));
        }
    }

    [Fact]
    public async Task A_feature_is_named_when_its_api_is_served_and_not_for_standing_in_the_metadata()
    {
        var without = await _client.CallAsync(Named("probe", "1"), 4);
        Assert.DoesNotContain(without.SupportedFeatures, f => f.Name is "group.version" or "share.version" or "streams.version" or "transaction.version");
        Assert.DoesNotContain(without.FinalizedFeatures, f => f.Name == "group.version");

        var features = new FeatureLevels(Finalized);
        features.Announce(new ServedApis([new ApiEntry<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(
            new NeverAsked<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(), ApiOrder.Serial, 0, 1, 0)]));
        var with = new ApiVersionsResponse();
        features.Describe(with, 4);
        Assert.Contains(("group.version", 0, 1), with.SupportedFeatures.Select(f => (f.Name, (int)f.MinVersion, (int)f.MaxVersion)));
        Assert.Contains(("group.version", 1), with.FinalizedFeatures.Select(f => (f.Name, (int)f.MaxVersionLevel)));
        Assert.DoesNotContain(with.SupportedFeatures, f => f.Name == "share.version");
    }

    private static (IReadOnlyDictionary<string, short> Levels, long Epoch) Finalized()
        => (new Dictionary<string, short> { ["metadata.version"] = 29, ["group.version"] = 1, ["share.version"] = 0 }, 17);

    private static ApiVersionsRequest Named(string name, string version) => new() { ClientSoftwareName = name, ClientSoftwareVersion = version };

    private sealed class NeverAsked<TRequest, TResponse> : IApi<TRequest, TResponse>
        where TRequest : class, IKafkaRequest<TResponse>, new()
        where TResponse : class, IKafkaResponse, new()
    {
        public ValueTask<TResponse> HandleAsync(TRequest request, RequestContext context) => throw new InvalidOperationException("only ApiVersions is asked here");
    }
}
