using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ouzel.Tidy.Tests;

/// <summary>
/// The methods of one suite that assert on every way through them: by themselves, or by a call of one that does. An assertion in a branch, in a catch, or in a
/// function that nobody calls does not count; one in a loop does. Calls are known by name and number of arguments: in the class itself when nothing stands before
/// the name, in the whole suite otherwise.
/// </summary>
internal sealed class Assertions
{
    private readonly List<Body> _bodies = [];
    private readonly HashSet<Body> _asserting = [];
    private readonly ILookup<string, Body> _byName;
    private readonly HashSet<string> _abstract;

    public Assertions(IReadOnlyCollection<SyntaxNode> roots)
    {
        foreach (var method in roots.SelectMany(r => r.DescendantNodes().OfType<BaseMethodDeclarationSyntax>()))
        {
            if (method.Body is not null || method.ExpressionBody is not null)
            {
                _bodies.Add(new Body(method));
            }
        }

        _byName = _bodies.ToLookup(b => b.Name, StringComparer.Ordinal);
        _abstract = [.. roots.SelectMany(r => r.DescendantNodes().OfType<TypeDeclarationSyntax>())
            .Where(t => t is InterfaceDeclarationSyntax || t.Modifiers.Any(SyntaxKind.AbstractKeyword) || t.BaseList is not null).Select(t => t.Identifier.Text)];
        int before;
        do
        {
            before = _asserting.Count;
            _asserting.UnionWith(_bodies.Where(b => !_asserting.Contains(b) && IsCertain(b)).ToList());
        }
        while (_asserting.Count > before);
    }

    /// <summary>The tests of the suite that may pass without having asserted anything.</summary>
    public IEnumerable<MethodDeclarationSyntax> Toothless =>
        _bodies.Where(b => !_asserting.Contains(b)).Select(b => b.Method).OfType<MethodDeclarationSyntax>().Where(IsTest);

    public static bool IsTest(MethodDeclarationSyntax method) =>
        method.AttributeLists.SelectMany(l => l.Attributes).Any(a => a.Name.ToString() is "Fact" or "Theory");

    private bool IsCertain(Body body) => IsCertain((SyntaxNode?)body.Method.Body ?? body.Method.ExpressionBody, body);

    private bool IsCertain(SyntaxNode? node, Body within) => node switch
    {
        null or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax => false,
        ThrowStatementSyntax or ThrowExpressionSyntax => true,
        MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "Assert" or "Check" } } => true,
        IfStatementSyntax choice => IsCertain(choice.Condition, within) || IsThrow(choice.Statement)
            || (choice.Else is not null && IsCertain(choice.Statement, within) && IsCertain(choice.Else.Statement, within)),
        SwitchStatementSyntax choice => IsCertain(choice.Expression, within)
            || (choice.Sections.Any(s => s.Labels.Any(l => l is DefaultSwitchLabelSyntax)) && choice.Sections.All(s => s.Statements.Any(t => IsCertain(t, within)))),
        SwitchExpressionSyntax choice => IsCertain(choice.GoverningExpression, within) || choice.Arms.All(a => IsCertain(a.Expression, within)),
        ConditionalExpressionSyntax choice => IsCertain(choice.Condition, within) || (IsCertain(choice.WhenTrue, within) && IsCertain(choice.WhenFalse, within)),
        BinaryExpressionSyntax both when IsShort(both) => IsCertain(both.Left, within) || both.Right is ThrowExpressionSyntax,
        TryStatementSyntax attempt => IsCertain(attempt.Block, within) || IsCertain(attempt.Finally?.Block, within),
        InvocationExpressionSyntax call => IsAssertion(call, within) || IsCertain(call.Expression, within) || IsAnyArgumentCertain(call.ArgumentList, within),
        BaseObjectCreationExpressionSyntax made => IsAnyArgumentCertain(made.ArgumentList, within) || IsCertain(made.Initializer, within),
        _ => node.ChildNodes().Any(n => IsCertain(n, within)),
    };

    private static bool IsShort(BinaryExpressionSyntax both) => both.Kind() is SyntaxKind.LogicalAndExpression or SyntaxKind.LogicalOrExpression or SyntaxKind.CoalesceExpression;

    /// <summary>True for an assertion by hand, <c>if (...) { throw ...; }</c>.</summary>
    private static bool IsThrow(StatementSyntax statement) => statement is ThrowStatementSyntax or BlockSyntax { Statements: [.., ThrowStatementSyntax] };

    /// <summary>A function that is handed over counts as called.</summary>
    private bool IsAnyArgumentCertain(ArgumentListSyntax? list, Body within) => list is not null && list.Arguments.Any(a => a.Expression switch
    {
        AnonymousFunctionExpressionSyntax function => IsCertain(function.Body, within),
        IdentifierNameSyntax name => IsFunctionCertain(name.Identifier.Text, within, argumentCount: null),
        var other => IsCertain(other, within),
    });

    /// <summary>True for a run of FsCheck and for the call of a method that asserts.</summary>
    private bool IsAssertion(InvocationExpressionSyntax call, Body within) => call.Expression switch
    {
        MemberAccessExpressionSyntax { Name.Identifier.Text: "QuickCheckThrowOnFailure" or "VerboseCheckThrowOnFailure" } => true,
        SimpleNameSyntax name => IsFunctionCertain(name.Identifier.Text, within, call.ArgumentList.Arguments.Count),
        MemberAccessExpressionSyntax { Name.Identifier.Text: var name } access =>
            IsEachAsserting(OfType(_byName[name], within.TypeOf(access.Expression)), call.ArgumentList.Arguments.Count, isExtension: true, within),
        MemberBindingExpressionSyntax { Name.Identifier.Text: var name } => IsEachAsserting(_byName[name], call.ArgumentList.Arguments.Count, isExtension: true, within),
        _ => false,
    };

    private bool IsFunctionCertain(string name, Body within, int? argumentCount)
    {
        if (within.Locals.TryGetValue(name, out var local))
        {
            // A function that calls itself is not asked again.
            within.Locals.Remove(name);
            var isCertain = IsCertain(local, within);
            within.Locals.Add(name, local);
            return isCertain;
        }

        return IsEachAsserting(_byName[name].Where(within.SeesByName), argumentCount, isExtension: false, within);
    }

    /// <summary>The methods that a call on such a receiver can mean: all of the name where the type is not to be seen.</summary>
    private IEnumerable<Body> OfType(IEnumerable<Body> named, string? type) =>
        type is null || _abstract.Contains(type) ? named : named.Where(b => b.TypeName == type || b.IsExtension);

    /// <summary>True when all that the call can mean assert: of several methods of the name one may not. A method that calls another of its name does not mean itself.</summary>
    private bool IsEachAsserting(IEnumerable<Body> named, int? argumentCount, bool isExtension, Body within)
    {
        var meant = named.Where(b => b != within && (argumentCount is null || b.Takes(argumentCount.Value, isExtension))).ToList();
        return meant.Count > 0 && meant.All(_asserting.Contains);
    }

    private sealed class Body(BaseMethodDeclarationSyntax method)
    {
        private readonly TypeDeclarationSyntax? _type = method.FirstAncestorOrSelf<TypeDeclarationSyntax>();

        public BaseMethodDeclarationSyntax Method => method;

        public string Name { get; } = (method as MethodDeclarationSyntax)?.Identifier.Text ?? "";

        public string? TypeName => _type?.Identifier.Text;

        public bool IsExtension => method.ParameterList.Parameters is [var first, ..] && first.Modifiers.Any(SyntaxKind.ThisKeyword);

        /// <summary>Functions that the method holds, by name: local ones, and lambdas that a variable is set to.</summary>
        public Dictionary<string, SyntaxNode> Locals { get; } = LocalsOf(method);

        /// <summary>True in the same type, a type around it, and a base by its name.</summary>
        public bool SeesByName(Body other) => other._type is not null && _type is not null
            && (_type.AncestorsAndSelf().OfType<TypeDeclarationSyntax>().Any(t => t.Identifier.Text == other._type.Identifier.Text)
                || other._type.Modifiers.Any(SyntaxKind.AbstractKeyword) || other._type.Modifiers.Any(SyntaxKind.StaticKeyword));

        public bool Takes(int count, bool isExtension)
        {
            var parameters = method.ParameterList.Parameters;
            var passed = isExtension && IsExtension ? count + 1 : count;
            var isOpen = parameters.Any(p => p.Modifiers.Any(SyntaxKind.ParamsKeyword));
            var least = parameters.Count(p => p.Default is null && !p.Modifiers.Any(SyntaxKind.ParamsKeyword));
            return passed >= least && (isOpen || passed <= parameters.Count);
        }

        /// <summary>The name of a receiver's type, as far as it stands in the text: at its making, its parameter, its variable, its field or property.</summary>
        public string? TypeOf(ExpressionSyntax receiver) => receiver switch
        {
            ObjectCreationExpressionSyntax made => NameOf(made.Type),
            ParenthesizedExpressionSyntax inner => TypeOf(inner.Expression),
            AwaitExpressionSyntax awaited => TypeOf(awaited.Expression),
            IdentifierNameSyntax name => TypeOf(name.Identifier.Text),
            _ => null,
        };

        private string? TypeOf(string name)
        {
            if (method.ParameterList.Parameters.FirstOrDefault(p => p.Identifier.Text == name) is { Type: { } given })
            {
                return NameOf(given);
            }

            var members = _type?.Members ?? [];
            var variable = method.DescendantNodes().Concat(members.OfType<FieldDeclarationSyntax>().SelectMany(f => f.DescendantNodes()))
                .OfType<VariableDeclaratorSyntax>().FirstOrDefault(v => v.Identifier.Text == name);
            return variable is { Parent: VariableDeclarationSyntax { Type.IsVar: false } declared } ? NameOf(declared.Type)
                : variable?.Initializer is { } initial ? TypeOf(initial.Value)
                : members.OfType<PropertyDeclarationSyntax>().FirstOrDefault(p => p.Identifier.Text == name) is { } property ? NameOf(property.Type)
                : null;
        }

        private static string? NameOf(TypeSyntax type) => type switch
        {
            NullableTypeSyntax nullable => NameOf(nullable.ElementType),
            QualifiedNameSyntax qualified => qualified.Right.Identifier.Text,
            SimpleNameSyntax simple => simple.Identifier.Text,
            _ => null,
        };

        private static Dictionary<string, SyntaxNode> LocalsOf(SyntaxNode method)
        {
            var locals = new Dictionary<string, SyntaxNode>(StringComparer.Ordinal);
            foreach (var function in method.DescendantNodes().OfType<LocalFunctionStatementSyntax>())
            {
                locals[function.Identifier.Text] = (SyntaxNode?)function.Body ?? function.ExpressionBody!;
            }

            foreach (var variable in method.DescendantNodes().OfType<VariableDeclaratorSyntax>())
            {
                if (variable.Initializer?.Value is AnonymousFunctionExpressionSyntax lambda)
                {
                    locals[variable.Identifier.Text] = lambda.Body;
                }
            }

            return locals;
        }
    }
}
